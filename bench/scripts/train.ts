/**
 * How fast does a model train, and with how much memory? It is measured beside PyTorch where a Python with PyTorch is named.
 *
 *     node bench/dist/scripts/train.js [--only SHAPE…] [--precision NAME…] [--threads N] [--seconds N] [--peer PYTHON] [--preload LIBRARY] [--trained]
 *         [--profile]
 */
import { execFileSync } from 'node:child_process'
import { Command, Option } from 'commander'
import { findAddon } from '#dist/engine/backend/native/addon.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { median, speedRatio } from '../harness/interleave.ts'
import { describeMachine, loadText } from '../harness/machine.ts'
import { positive } from '../harness/number-options.ts'
import { digits } from '../harness/table.ts'
import { asTrained, type TrainingShape, trainingShapes } from '../harness/training.ts'
import { profileOf } from '../harness/training-profile.ts'
import { type Precision, type Spent, TrainingSide } from '../harness/training-side.ts'

interface Options {
  only?: string[]
  precision: Precision[]
  threads: number
  seconds: number
  peer?: string
  preload?: string
  js: boolean
  trained?: boolean
  profile?: boolean
}

/** A side in the output. */
interface Contender {
  name: string
  side: TrainingSide
  shape: TrainingShape
  /**
   * The side with which it is compared: PyTorch is compared with the native side of the same precision, and JavaScript with native float32.
   */
  against: string | null
}

const say = (text: string) => process.stdout.write(`${text}\n`)

/** The number of parts into which JavaScript's batches are cut, because a whole batch would take minutes. */
const PARTS = 8

/** The precisions that native supports here; prints why others are not measured. */
function nativePrecisions(asked: readonly Precision[]): Precision[] {
  const { loaded, reasons } = findAddon(opSignatures())
  if (!loaded) {
    for (const why of reasons) say(`native is not measured: ${why} (npm run build:native)`)
    return []
  }
  if (asked.includes('bfloat16') && !loaded.info.bfloat16)
    say('native bfloat16 is not measured: the processor has no instructions for it')
  return asked.filter((precision) => precision === 'float32' || loaded.info.bfloat16)
}

/** The fair opponent is the faster one: PyTorch with jemalloc, where the system's linker knows one. */
function findJemalloc(): string | null {
  try {
    const libraries = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' })
    return /libjemalloc\.so\S* .*=> (\S+)/.exec(libraries)?.[1] ?? null
  } catch {
    return null
  }
}

function sayPeer({ peer }: Options, allocator: string | null): void {
  if (!peer) say('PyTorch is not measured: name a Python that has it (--peer, or GLASSFORMER_PYTHON)')
  else if (!allocator)
    say('PyTorch has the allocator of the system, jemalloc is not found: libjemalloc2 of Debian, or --preload')
}

async function contendersOf(
  shape: TrainingShape,
  precisions: readonly Precision[],
  options: Options,
  allocator: string | null,
): Promise<Contender[]> {
  const { threads, peer } = options
  const contenders: Contender[] = []
  for (const precision of precisions) {
    const side = await TrainingSide.ours('native', threads, precision, shape)
    contenders.push({ name: `native ${precision} ×${threads}`, side, shape, against: null })
  }
  for (const precision of peer ? options.precision : []) {
    const side = await TrainingSide.pytorch(peer!, allocator, threads, precision, shape)
    const name = `PyTorch ${side.version} ${precision}${allocator ? ' + jemalloc' : ''} ×${threads}`
    contenders.push({ name, side, shape, against: `native ${precision} ×${threads}` })
  }
  return contenders
}

/** Takes steps in turn, A B C C B A …, so that a disturbance of the machine disturbs all contenders: [contender][round]. */
async function inTurn(contenders: readonly Contender[], seconds: number): Promise<Spent[][]> {
  const spent = contenders.map((): Spent[] => [])
  const order = [...contenders.keys()]
  const began = performance.now()
  for (let rounds = 0; rounds < 3 || performance.now() - began < 1000 * seconds; rounds++) {
    for (const i of order) spent[i].push(await contenders[i].side.step())
    order.reverse()
  }
  return spent
}

async function measure(shape: TrainingShape, precisions: readonly Precision[], options: Options): Promise<void> {
  const allocator = options.preload ?? findJemalloc()
  const contenders = await contendersOf(shape, precisions, options, allocator)
  const spent = await inTurn(contenders, options.seconds)
  if (options.js) {
    const part = { ...shape, batch: Math.ceil(shape.batch / PARTS) }
    const side = await TrainingSide.ours('js', 1, 'float32', part)
    contenders.push({ name: 'JavaScript float32 ×1', side, shape: part, against: `native float32 ×${options.threads}` })
    spent.push([await side.step()])
  }
  const ours = contenders.find(({ side }) => side.flops !== null)
  const flopsPerToken = ours ? ours.side.flops! / tokensOf(ours.shape) : null
  say(
    `\n${shape.name}${options.trained ? ' as trained' : ''}, ${shape.batch} × ${shape.length} tokens` +
      `${flopsPerToken ? `, ${digits((flopsPerToken * tokensOf(shape)) / 1e9)} GFLOP a step` : ''}, ${spent[0].length} rounds`,
  )
  contenders.forEach((contender, i) => {
    say(`  ${lineOf(contender, spent[i], flopsPerToken)}${comparison(contenders, spent, i)}`)
    contender.side.close()
  })
}

const tokensOf = ({ batch, length }: TrainingShape) => batch * length

function lineOf({ name, side, shape }: Contender, spent: readonly Spent[], flopsPerToken: number | null): string {
  const perSecond = tokensOf(shape) / median(spent.map(({ seconds }) => seconds))
  const memory = side.peakMemory()
  return [
    name.padEnd(44),
    `${digits(perSecond).padStart(7)} tokens/s`,
    ...(flopsPerToken ? [`${digits((perSecond * flopsPerToken) / 1e9).padStart(5)} GFLOP/s`] : []),
    `peak ${memory === null ? 'unknown' : `${digits(memory / 2 ** 20).padStart(5)} MiB`}`,
  ].join('  ')
}

/** The ratio of the other side's time to this side's: by the clock, and by the processor time of all threads. */
function comparison(contenders: readonly Contender[], spent: readonly Spent[][], i: number): string {
  const other = contenders.findIndex(({ name }) => name === contenders[i].against)
  if (other < 0) return ''
  const each = (side: number, of: (spent: Spent) => number) =>
    spent[side].map((value) => of(value) / tokensOf(contenders[side].shape))
  const [clock, processor] = [(value: Spent) => value.seconds, (value: Spent) => value.busy].map((of) =>
    digits(speedRatio(each(other, of), each(i, of))),
  )
  const { shape } = contenders[i]
  const batch = shape === contenders[other].shape ? '' : `; ${shape.batch} × ${shape.length} tokens a step`
  return `  ${contenders[other].name} is ${clock}× as fast (${processor}× by processor time)${batch}`
}

await new Command('train')
  .description(
    'Measures training steps on random tokens: native, PyTorch where a Python that has it is named, JavaScript.',
  )
  .addOption(new Option('--only <shape...>', 'only these').choices(trainingShapes.map(({ name }) => name)))
  .addOption(
    new Option('--precision <name...>', 'of native and of PyTorch')
      .choices(['float32', 'bfloat16'])
      .default(['float32', 'bfloat16']),
  )
  .addOption(new Option('--threads <n>', 'threads of native and of PyTorch').argParser(positive).default(2))
  .addOption(new Option('--seconds <n>', 'time for the rounds of each shape').argParser(positive).default(20))
  .option('--peer <python>', 'a Python with PyTorch', process.env.GLASSFORMER_PYTHON)
  .option('--preload <library>', 'the allocator of PyTorch (default: jemalloc, where it is found)')
  .option('--no-js', 'without JavaScript')
  .option('--trained', 'as after a while of training: few outputs of relu are not 0')
  .option('--profile', 'seconds of native by op instead')
  .action(async (options: Options) => {
    const { cpu, cores, memory, node, commit } = describeMachine()
    say(
      `Glassformer training bench · commit ${commit} · ${cpu}, ${cores} cores, ${memory} GiB · Node ${node} · ${loadText()}`,
    )
    const precisions = nativePrecisions(options.precision)
    if (!options.profile) sayPeer(options, options.preload ?? findJemalloc())
    for (const untrained of trainingShapes) {
      if (options.only && !options.only.includes(untrained.name)) continue
      const shape = options.trained ? asTrained(untrained) : untrained
      if (!options.profile) await measure(shape, precisions, options)
      else
        for (const precision of precisions)
          say(`\n${shape.name}, ${profileOf(shape, options.threads, precision).join('\n')}`)
    }
  })
  .parseAsync()
