/**
 * Do many users share one translator well? A thousand calls at once beside one call with a thousand lines, and a short sentence that comes in
 * the middle of 10,000 lines beside the same while nothing else is done.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { Translator } from '#dist/use/translate/translator.js'
import { median, quantile } from '../harness/interleave.ts'
import type { Setting, Telling } from '../harness/question.ts'
import { roughSentences } from '../harness/rough-lines.ts'
import { part, type Scale } from '../harness/scale.ts'

const CALLS = 1000
const ROUNDS = 9
const JOB = 10_000
const SHORT = 'Je suis étudiant.'
/** The number of short sentences measured on an idle machine, and the milliseconds between two of them. */
const ALONE = 300
const PAUSE = 20

interface Measured {
  kind: string
  value: number
  /** The minimum value, or with `most` the maximum. */
  goal?: number
  most?: true
}

export async function openScheduling({ model, scale }: Setting): Promise<Telling> {
  return {
    name: 'scheduling',
    async *tell(say) {
      const translator = await Translator.load(model)
      try {
        say(`scheduling · ${model ?? 'the embedded model'}, default options\n`)
        say('| what | now | goal |\n|---|---|---|')
        for await (const { kind, value, goal, most } of measured(translator, scale)) {
          say(`| ${kind} | ${value.toFixed(2)} | ${goal === undefined ? '' : `${most ? '≤' : '≥'} ${goal}`} |`)
          yield { bench: 'scheduling', case: kind, model: model ?? 'fr-en', value, goal: goal ?? null }
        }
      } finally {
        await translator.close()
      }
    },
  }
}

async function* measured(translator: Translator, scale: Scale): AsyncIterable<Measured> {
  const sentences = roughSentences().map(({ source }) => source)
  const lines = (count: number) => Array.from({ length: count }, (_, i) => sentences[i % sentences.length])
  // V8's compilation in the first seconds is not measured, because a server runs for days.
  const job = part(scale, JOB)
  await translator.translate(lines(2 * job))
  yield* throughput(translator, lines(part(scale, CALLS)), Math.min(ROUNDS, scale.mostRounds))
  yield* waiting(translator, lines(job), part(scale, ALONE))
}

async function* throughput(translator: Translator, lines: readonly string[], rounds: number): AsyncIterable<Measured> {
  const ways = [
    () => translator.translate(lines),
    () => Promise.all(lines.map((line) => translator.translate(line))),
  ] as const
  for (const way of ways) await way()
  const times: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    const time: [number, number] = [0, 0]
    for (const i of round % 2 ? [0, 1] : [1, 0]) {
      const began = performance.now()
      await ways[i]()
      time[i] = performance.now() - began
    }
    times.push(time)
  }
  yield {
    kind: `${lines.length} lines in one call, lines a second`,
    value: (1000 * lines.length) / median(times.map(([list]) => list)),
  }
  yield {
    kind: `${lines.length} calls at once, as fast as that`,
    value: median(times.map(([list, single]) => list / single)),
    goal: 0.9,
  }
}

async function* waiting(translator: Translator, job: readonly string[], times: number): AsyncIterable<Measured> {
  const short = async () => {
    const began = performance.now()
    await translator.translate(SHORT)
    const time = performance.now() - began
    await setTimeout(PAUSE)
    return time
  }
  for (let i = 0; i < times / 10; i++) await short()
  const alone: number[] = []
  while (alone.length < times) alone.push(await short())
  const loop = monitorEventLoopDelay({ resolution: 2 })
  loop.enable()
  const beside: number[] = []
  let isDone = false
  const done = translator.translate(job).then(() => {
    isDone = true
  })
  // At least once, however short the job is.
  do beside.push(await short())
  while (!isDone)
  await done
  loop.disable()
  yield { kind: 'a short sentence alone, median ms', value: quantile(alone, 0.5) }
  yield { kind: 'a short sentence alone, p99 ms', value: quantile(alone, 0.99) }
  yield { kind: `beside ${job.length} lines, median ms`, value: quantile(beside, 0.5) }
  yield { kind: `beside ${job.length} lines, p99 ms`, value: quantile(beside, 0.99) }
  yield { kind: 'p99 over p99 alone', value: quantile(beside, 0.99) / quantile(alone, 0.99), goal: 4, most: true }
  yield { kind: 'event loop meanwhile, p99 ms', value: loop.percentile(99) / 1e6, goal: 20, most: true }
}
