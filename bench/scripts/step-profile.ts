/**
 * Where does the time of a decoding step go: into what reads weights, attention to the target's past and to the source, norms?
 *
 *     node bench/dist/scripts/step-profile.js [--precision int8] [--threads N] [--seconds S]
 *
 * The step of real beam searches over random sources of 20 tokens, at several lengths, instruction by instruction. The work around the
 * program, JavaScript and the binding of arrays, is left out.
 */
import { Command, Option } from 'commander'
import { counted } from '#dist/base/values/number-text.js'
import { NativePlayer } from '#dist/engine/backend/native/player.js'
import { resolveOptions } from '#dist/engine/decode/settings/options.js'
import type { Instruction } from '#dist/engine/program/instructions/instruction.js'
import { weightBytes } from '#dist/engine/program/listing.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { playPart, profile, programOf } from '#dist/look/inspect/parts.js'
import { describeMachine, loadText } from '../harness/machine.ts'
import { usualModels } from '../harness/model-names.ts'
import { type BenchModel, modelMakers, type Precision, precisions, randomSources } from '../harness/models.ts'
import { natural, positive } from '../harness/number-options.ts'
import { TOKENS } from '../harness/translating.ts'

const { precision, threads, seconds } = new Command('step-profile')
  .addOption(new Option('--precision <p>', 'of the weights').choices(precisions).default('int8'))
  .addOption(new Option('--threads <n>', 'threads of the kernels').argParser(natural).default(1))
  .addOption(new Option('--seconds <n>', 'time for each profile').argParser(positive).default(1))
  .parse()
  .opts<{ precision: Precision; threads: number; seconds: number }>()

const ops = ['cachedAttention', 'attention', 'layerNorm', 'writeCache']

/**
 * One line: microseconds of a step, the rate of reading its weights, and the shares of the most expensive instructions.
 */
function line(player: NativePlayer, model: BenchModel, batch: number, beams: number, length: number): string {
  const { weights, generation, name } = model
  const options = resolveOptions({ beams, loops: 'keep' }, generation)
  const sources = randomSources(batch, TOKENS, weights.config)
  const { instructions } = programOf('step', weights, options)
  const { times } = profile(playPart('step', player, weights, { sources, options, length }), seconds)
  const total = times.reduce((sum, time) => sum + time, 0)
  const timeOf = (isMeant: (instruction: Instruction) => boolean) =>
    instructions.reduce((sum, instruction, i) => sum + (isMeant(instruction) ? times[i] : 0), 0)
  const reading = timeOf((instruction) => weightBytes(instruction) > 0)
  const bytes = instructions.reduce((sum, instruction) => sum + weightBytes(instruction), 0)
  const shares = [reading, ...ops.map((name) => timeOf(({ op }) => op.name === name))]
  return [
    `${name} ${precision}, ${batch} × ${beams}, length ${length}`.padEnd(36),
    ...[1e6 * total, bytes / reading / 1e9].map((value) => Number(value.toPrecision(3)).toString().padStart(9)),
    ...shares.map((time) => `${((100 * time) / total).toFixed(1)} %`.padStart(9)),
  ].join('  ')
}

const { cpu, cores, node, commit } = describeMachine()
const player = new NativePlayer({ ops: opSignatures(), threads })
console.log(
  `Glassformer step profile · commit ${commit}\n${cpu}, ${cores} cores · Node ${node} · ${loadText()} at the start`,
)
console.log(`native, ${player.info.isa}, ${counted(threads, 'thread')}; sources of ${TOKENS} tokens`)
const heads = ['', 'µs a step', 'GB/s', 'weights', 'past', 'source', 'norms', 'append']
console.log(heads.map((head, i) => head.padStart(i ? 9 : 36)).join('  '))
for (const model of usualModels.map((name) => modelMakers[name]))
  for (const [batch, beams] of [
    [1, 1],
    [32, 1],
    [32, 4],
  ])
    for (const length of [10, 20, 64, 256]) console.log(line(player, model(precision), batch, beams, length))
player.close()
