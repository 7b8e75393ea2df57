/** How fast does a model train? node bench/dist/train.js [--only SHAPE…] [--threads N] [--seconds N] [--peer PYTHON] [--profile] */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { JsPlayer } from '#dist/backend/js/player.js'
import { NativePlayer } from '#dist/backend/native/player.js'
import { opTable } from '#dist/program/op-table.js'
import { median, speedRatio } from './interleave.ts'
import { describeMachine, loadText } from './machine.ts'
import { digits } from './table.ts'
import { type TrainingShape, TrainingWork, trainingShapes } from './training.ts'

/** Seconds of a step on the clock, and of processor time on all threads: what it would cost on a machine that nobody shares. */
interface Spent {
  seconds: number
  busy: number
}

/** Somebody who trains. */
interface Side {
  name: string
  step(): Spent | Promise<Spent>
  close(): void
}

const say = (text: string) => process.stdout.write(`${text}\n`)
type Precision = 'float32' | 'bfloat16'
const ops = [...opTable.keys()]

function native(shape: TrainingShape, threads: number, precision: Precision): Side & { work: TrainingWork } {
  const player = new NativePlayer({ ops, threads, precision })
  const work = new TrainingWork(player, shape)
  return { name: `native ${precision} ×${threads}`, work, step: () => timed(work), close: () => player.close() }
}

function javascript(shape: TrainingShape): Side {
  const player = new JsPlayer()
  const work = new TrainingWork(player, shape)
  return { name: 'js', step: () => timed(work), close: () => player.close() }
}

function timed(work: TrainingWork): Spent {
  const [began, before] = [performance.now(), process.cpuUsage()]
  work.step()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - began) / 1000, busy: (user + system) / 1e6 }
}

/** PyTorch in a process of its own, which takes a step when it is told to. */
class PyTorch implements Side {
  name = ''
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #ended: Promise<never>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#lines = createInterface({ input: child.stdout! })
    this.#ended = once(child, 'exit').then(() => Promise.reject(new Error('the peer has ended')))
    this.#ended.catch(() => {})
  }

  static async open(
    python: string,
    preload: string | undefined,
    threads: number,
    precision: Precision,
    shape: TrainingShape,
  ): Promise<PyTorch> {
    const { layers, width, heads, hidden, vocabulary, batch, length } = shape
    const script = fileURLToPath(new URL('../peers/pytorch_training.py', import.meta.url))
    const args = [threads, precision, layers, width, heads, hidden, vocabulary, batch, length].map(String)
    const allocator = preload && { LD_PRELOAD: preload, MALLOC_CONF: 'oversize_threshold:0,dirty_decay_ms:-1' }
    const env = { ...process.env, ...allocator, OMP_NUM_THREADS: String(threads) }
    const peer = new PyTorch(spawn(python, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'], env }))
    peer.name = `pytorch ${precision} ${await peer.#line()}${preload ? ' + jemalloc' : ''} ×${threads}`
    return peer
  }

  async step(): Promise<Spent> {
    this.#child.stdin!.write('step\n')
    const [seconds, busy] = (await this.#line()).split(' ').map(Number)
    return { seconds, busy }
  }

  close(): void {
    this.#child.stdin!.end()
  }

  async #line(): Promise<string> {
    const [line] = await Promise.race([once(this.#lines, 'line'), this.#ended])
    return line
  }
}

interface Options {
  only?: string[]
  threads: string
  precision: Precision
  seconds: string
  peer?: string
  preload?: string
  profile?: boolean
  one?: boolean
  js?: boolean
}

function profile(shape: TrainingShape, threads: number, precision: Precision): void {
  const { work, step, close } = native(shape, threads, precision)
  step()
  const profiles = [work.profile(), work.profile(), work.profile(), work.profile(), work.profile()]
  const total = median(profiles.map((times) => [...times.values()].reduce((sum, { seconds }) => sum + seconds, 0)))
  say(`\n${shape.name}, native ${precision} ×${threads}: ${digits(1000 * total)} ms a step`)
  const rows = [...profiles[0]].map(([op, { flops, count }]) => ({
    op,
    flops,
    count,
    seconds: Math.min(...profiles.map((times) => times.get(op)!.seconds)),
  }))
  for (const { op, seconds, flops, count } of rows.sort((a, b) => b.seconds - a.seconds))
    say(
      `  ${op.padEnd(22)} ${digits(1000 * seconds).padStart(8)} ms  ${digits(flops / seconds / 1e9).padStart(7)} GFLOP/s  ${count}`,
    )
  close()
}

async function measure(shape: TrainingShape, options: Options): Promise<void> {
  const threads = Number(options.threads)
  const { precision } = options
  const sides: Side[] = [native(shape, threads, precision)]
  if (threads > 1 && options.one) sides.push(native(shape, 1, precision))
  if (options.peer) sides.push(await PyTorch.open(options.peer, options.preload, threads, precision, shape))
  for (const side of sides) await side.step()
  const spent = sides.map((): Spent[] => [])
  const began = performance.now()
  while (spent[0].length < 3 || performance.now() - began < 1000 * Number(options.seconds))
    for (const [i, side] of sides.entries()) spent[i].push(await side.step())
  const { tokens, flops } = (sides[0] as ReturnType<typeof native>).work
  say(
    `\n${shape.name}, ${shape.batch} × ${shape.length} tokens, ${digits(flops / 1e9)} GFLOP a step, ${spent[0].length} rounds`,
  )
  const [times, busy] = [
    spent.map((side) => side.map(({ seconds }) => seconds)),
    spent.map((side) => side.map(({ busy }) => busy)),
  ]
  sides.forEach(({ name }, i) => {
    const second = median(times[i])
    const ratio = `${digits(speedRatio(times[0], times[i]))}× (${digits(speedRatio(busy[0], busy[i]))}×)`
    say(
      `  ${name.padEnd(44)} ${digits(tokens / second).padStart(7)} tokens/s, ${digits(flops / second / 1e9)} GFLOP/s, processor ${digits(median(busy[i]))} s a step${i ? `; ${sides[0].name} is ${ratio} as fast` : ''}`,
    )
  })
  for (const side of sides) side.close()
  if (!options.js) return
  const side = javascript(shape)
  say(`  ${side.name.padEnd(34)} ${digits(tokens / (await side.step()).seconds).padStart(7)} tokens/s (one step, cold)`)
}

await new Command('train')
  .description(
    'Measures training steps on random tokens: native, JavaScript, and PyTorch where a Python that has it is named.',
  )
  .option('--only <shape...>', 'only these, by their names')
  .option('--threads <n>', 'threads of native and of PyTorch', '2')
  .addOption(
    new Option('--precision <name>', 'of native and of PyTorch').choices(['float32', 'bfloat16']).default('float32'),
  )
  .option('--one', 'also on one thread')
  .option('--seconds <n>', 'time for each shape', '20')
  .option('--peer <python>', 'a Python with PyTorch', process.env.GLASSFORMER_PYTHON)
  .option('--preload <library>', 'an allocator for PyTorch (jemalloc)')
  .option('--profile', 'seconds by op instead')
  .option('--js', 'also one step in JavaScript')
  .action(async (options: Options) => {
    const { cpu, cores, node, commit } = describeMachine()
    say(`Glassformer training bench · commit ${commit} · ${cpu}, ${cores} cores · Node ${node} · ${loadText()}`)
    for (const shape of trainingShapes) {
      if (options.only && !options.only.includes(shape.name)) continue
      if (options.profile) profile(shape, Number(options.threads), options.precision)
      else await measure(shape, options)
    }
  })
  .parseAsync()
