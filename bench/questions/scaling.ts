/**
 * How does speed grow with the number of cores: threads within a sentence, and workers over sentences? On 1, 2, 4, … all cores, with the
 * efficiency of each, the share of the work that does not divide, the memory's bandwidth, the load of the caller's thread, and a forecast.
 */
import { availableParallelism } from 'node:os'
import { performance } from 'node:perf_hooks'
import { counted } from '#dist/base/values/number-text.js'
import { Translator } from '#dist/use/translate/translator.js'
import { amdahl, coreCounts, numaNodes, serialShare } from '../harness/cores.ts'
import { median } from '../harness/interleave.ts'
import type { Setting, Telling } from '../harness/question.ts'
import { openReader } from '../harness/reader.ts'
import { roughSentences } from '../harness/rough-lines.ts'
import { part, type Scale } from '../harness/scale.ts'
import { digits } from '../harness/table.ts'

const ROUNDS = 5
/** Sentences one after another by threads, and sentences for each worker in one call. */
const ONE_BY_ONE = 60
const FOR_EACH_WORKER = 1500
/** Bytes that the loop reads to measure the memory: more than the caches have. */
const MEMORY = 512 * 2 ** 20
/** The numbers of cores that are forecast. */
const FORECASTS = [8, 64]

const precisions = ['int8', 'float32'] as const
const ways = ['threads', 'workers'] as const
type Way = (typeof ways)[number]

/** A translator and what was measured with it, by round. */
interface Side {
  way: Way
  precision: (typeof precisions)[number]
  cores: number
  translator: Translator
  /** Sentences a second. */
  speeds: number[]
  /** The share of the time in which the caller's thread was busy. */
  caller: number[]
}

export async function openScaling({ scale }: Setting): Promise<Telling> {
  return {
    name: 'scaling',
    async *tell(say) {
      const counts = coreCounts(availableParallelism())
      const rounds = Math.min(ROUNDS, scale.mostRounds)
      const nodes = numaNodes()
      say(
        `scaling · the embedded model, default options, on ${counts.join(', ')} of ${counted(counts.at(-1)!, 'core')} · medians of ${counted(rounds, 'round')}`,
      )
      say(nodes.map(({ name, cpus }) => `${name}: CPUs ${cpus}`).join(' · ') || 'the system names no NUMA nodes')
      for (const [cores, bytes] of await bandwidths(counts, scale)) {
        say(
          `${counted(cores, 'thread')} that only ${cores === 1 ? 'reads' : 'read'} memory: ${digits(bytes / 1e9)} GB/s`,
        )
        yield { bench: 'scaling', case: 'memory', cores, bytesPerSecond: bytes }
      }
      for (const precision of precisions) {
        const sides = await open(precision, counts)
        try {
          for (let round = 0; round < rounds; round++) for (const side of sides) await measure(side, scale)
        } finally {
          for (const { translator } of sides) await translator.close()
        }
        for (const way of ways)
          yield* report(
            sides.filter((side) => side.way === way),
            rounds,
            say,
          )
      }
    },
  }
}

/** Bytes a second by number of threads; empty where the loop cannot be compiled. */
async function bandwidths(counts: readonly number[], scale: Scale): Promise<Map<number, number>> {
  const bytes = part(scale, MEMORY)
  const found = new Map<number, number>()
  const reader = await openReader().catch(() => null)
  if (!reader) return found
  try {
    for (const threads of counts) {
      await reader.ask('read', threads, bytes, 1)
      const seconds: number[] = []
      for (let round = 0; round < ROUNDS; round++) seconds.push(Number(await reader.ask('run', 1)))
      found.set(threads, bytes / median(seconds))
    }
    return found
  } finally {
    reader.close()
  }
}

async function open(precision: Side['precision'], counts: readonly number[]): Promise<Side[]> {
  const sides: Side[] = []
  for (const cores of counts)
    for (const way of ways) {
      const share = way === 'threads' ? { workers: 1, threads: cores } : { workers: cores, threads: 1 }
      const translator = await Translator.load(undefined, { precision, ...share })
      sides.push({ way, precision, cores, translator, speeds: [], caller: [] })
    }
  return sides
}

async function measure({ way, cores, translator, speeds, caller }: Side, scale: Scale): Promise<void> {
  const sentences = roughSentences().map(({ source }) => source)
  const count = part(scale, way === 'threads' ? ONE_BY_ONE : cores * FOR_EACH_WORKER)
  const texts = Array.from({ length: count }, (_, i) => sentences[i % sentences.length])
  const busy = performance.eventLoopUtilization()
  const began = performance.now()
  if (way === 'workers') await translator.translate(texts)
  else for (const text of texts) await translator.translate(text)
  speeds.push((1000 * count) / (performance.now() - began))
  caller.push(performance.eventLoopUtilization(busy).utilization)
}

function* report(sides: readonly Side[], rounds: number, say: (text: string) => void): Iterable<object> {
  const [{ way, precision }] = sides
  const speeds = new Map(sides.map(({ cores, speeds }) => [cores, median(speeds)]))
  const alone = speeds.get(1)!
  say(`\n${precision}, ${way === 'threads' ? 'threads within one sentence' : 'workers over sentences'}`)
  say(`\n| ${way} | sentences/s | × one | efficiency | caller’s thread busy |\n|---|---|---|---|---|`)
  for (const { cores, caller } of sides) {
    const speed = speeds.get(cores)!
    const efficiency = speed / alone / cores
    const busy = median(caller)
    const cells = [cores, digits(speed), (speed / alone).toFixed(2), percent(efficiency), percent(busy)]
    say(`| ${cells.join(' | ')} |`)
    yield {
      bench: 'scaling',
      case: way,
      model: 'fr-en',
      precision,
      cores,
      sentencesPerSecond: speed,
      efficiency,
      callerBusy: busy,
      rounds,
    }
  }
  if (sides.length < 2) return
  const serial = serialShare(speeds)
  say(`\n${percent(serial)} of the work does not divide. By Amdahl’s law that leaves:`)
  for (const cores of FORECASTS) {
    const speed = alone * amdahl(serial, cores)
    say(`${cores} cores: ${digits(speed)} sentences/s, ${amdahl(serial, cores).toFixed(2)} × one`)
    yield {
      bench: 'scaling',
      case: `${way} forecast`,
      model: 'fr-en',
      precision,
      cores,
      sentencesPerSecond: speed,
      serial,
    }
  }
  if (way === 'threads') return
  const { cores, caller } = sides.at(-1)!
  say(`the caller’s thread alone would bear ${digits(speeds.get(cores)! / median(caller))} sentences/s`)
}

const percent = (share: number) => `${Math.round(100 * share)} %`
