/**
 * What share of a decoding step is spent on the caches of keys and values?
 *
 *     node bench/dist/caches.js [--threads N] [--seconds S]
 *
 * Both models in int8, whose caches are in bfloat16; the step of real beam searches over random sources of 20 tokens, at several
 * lengths, op by op.
 */
import { Command } from 'commander'
import { NativePlayer } from '#dist/backend/native/player.js'
import { resolveOptions } from '#dist/decode/options.js'
import { playPart, profile, programOf } from '#dist/inspect/parts.js'
import { opTable } from '#dist/program/op-table.js'
import { describeMachine, loadText } from './machine.ts'
import { type BenchModel, models, randomSources } from './models.ts'
import { TOKENS } from './translating.ts'

const { threads, seconds } = new Command('caches')
  .option('--threads <n>', 'threads of the kernels', Number, 1)
  .option('--seconds <n>', 'time for each profile', Number, 1)
  .parse()
  .opts<{ threads: number; seconds: number }>()

/** One line: milliseconds of a step, and how much of them attention to the target's past, to the source and writing to the cache take. */
function line(player: NativePlayer, model: BenchModel, batch: number, beams: number, length: number): string {
  const { weights, generation, name } = model
  const options = resolveOptions({ beams }, generation)
  const sources = randomSources(batch, TOKENS, weights.config)
  const { instructions } = programOf('step', weights, options)
  const { times } = profile(playPart('step', player, weights, { sources, options, length }), seconds)
  const total = times.reduce((sum, time) => sum + time, 0)
  const share = (op: string) =>
    instructions.reduce((sum, instruction, i) => sum + (instruction.op.name === op ? times[i] : 0), 0) / total
  return [
    `${name} int8, ${batch} × ${beams}, length ${length}`.padEnd(30),
    (1000 * total).toFixed(2).padStart(8),
    ...['cachedAttention', 'attention', 'append'].map((op) => `${(100 * share(op)).toFixed(1)} %`.padStart(8)),
  ].join('  ')
}

const { cpu, cores, node, commit } = describeMachine()
const player = new NativePlayer({ ops: [...opTable.keys()], threads })
console.log(`Glassformer caches · commit ${commit}\n${cpu}, ${cores} cores · Node ${node} · ${loadText()} at the start`)
console.log(`native, ${player.info.isa}, ${threads} thread${threads > 1 ? 's' : ''}; sources of ${TOKENS} tokens`)
console.log(['', 'ms a step', 'target', 'source', 'append'].map((head, i) => head.padStart(i ? 8 : 30)).join('  '))
for (const model of models)
  for (const [batch, beams] of [
    [1, 1],
    [32, 1],
    [32, 4],
  ])
    for (const length of [10, 20, 64, 256]) console.log(line(player, model('int8'), batch, beams, length))
player.close()
