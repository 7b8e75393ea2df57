/**
 * How many texts a second become vectors, beside onnxruntime-node and transformers.js, at equal precision and threads? Texts of all lengths and
 * of one; the clock, processor time, the longest pause of the caller's event loop, the first vector from nothing, and the installation.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { packageFolder } from '#dist/base/package/package-folder.js'
import { findAddon } from '#dist/engine/backend/native/addon.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { Child } from '../harness/child.ts'
import type { EncodingRun } from '../harness/encoding-run.ts'
import { median, speedRatio } from '../harness/interleave.ts'
import type { Setting, Telling, Unanswerable } from '../harness/question.ts'
import { together } from '../harness/scale.ts'
import { digits } from '../harness/table.ts'

const ROUNDS = 3
/** A round of more seconds than this is the only one. */
const SLOW_ROUND = 12
/** Texts of a run, by the texts of a call. */
const counts: Readonly<Record<number, number>> = { 1: 64, 32: 256, 1000: 1000 }
const [SHORTEST, LONGEST] = [5, 250]
/** Tokens of the texts of one length, with both marks. */
const ONE_LENGTH = 32
const GOLDEN_RATIO = 0.618034

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const tinyModel = file('../../../test/golden/encoders/st-dense/model')

interface Engine {
  name: string
  open(): Promise<Child>
  child: Child
}

interface Way {
  precision: 'float32' | 'int8'
  threads: number
  batch: number
  lengths: 'all lengths' | 'one length'
}

export async function openEncoder({ peers, shared, scale, rows }: Setting): Promise<Telling | Unanswerable> {
  const isSmall = scale.oneOf > 1
  const model = isSmall ? tinyModel : join(peers ?? 'FOLDER', 'minilm')
  const corpus = join(shared, 'data/tatoeba-fr-en.test.tsv.gz')
  if (!existsSync(model)) return { reason: `${model} is not there; bench/peers/install.sh FOLDER makes it` }
  if (!existsSync(corpus)) return { reason: `${corpus} is not there; --shared names the folder that has it` }
  return {
    name: 'encoder',
    async *tell(say) {
      const folder = mkdtempSync(join(tmpdir(), 'glassformer-bench-'))
      const { engines, reasons } = await openEngines(peers)
      try {
        say(
          `encoder · ${isSmall ? 'a model of few weights' : 'all-MiniLM-L6-v2'}, texts/s, medians in turn; × ours over theirs`,
        )
        for (const { child } of engines) say(`  ${child.greeting}`)
        for (const reason of reasons) say(`  ${reason}`)
        say(
          `\n| texts | engine | texts/s | CPU s | longest pause, ms | × by the clock | × by CPU | settings |\n|---|---|---|---|---|---|---|---|`,
        )
        const words = wordsOf(corpus)
        const batches = together(scale, [1, 32, 1000])
        const speeds = new Map<string, number[]>()
        for (const way of waysOf(batches)) {
          const label = labelOf(way)
          if (rows && !rows.some((text) => label.includes(text))) continue
          const texts = textsOf(words, way.lengths, isSmall ? 4 : counts[way.batch])
          const path = join(folder, 'texts.json')
          writeFileSync(path, JSON.stringify(texts))
          for await (const cell of measured(engines, { way, model, path, count: texts.length }, isSmall ? 1 : ROUNDS)) {
            say(`| ${[label, ...lineOf(cell)].join(' | ')} |`)
            yield { bench: 'encoder', case: label, model: isSmall ? 'st-dense' : 'minilm', ...way, ...cell }
            if (cell.ratio === null) continue
            const key = `${cell.backend}, ${way.precision}, ${way.lengths}`
            speeds.set(key, [...(speeds.get(key) ?? []), cell.ratio])
          }
        }
        say('')
        for (const [key, ratios] of speeds)
          say(`over ${key}: geometric mean ${digits(geometricMean(ratios))}×, least ${digits(Math.min(...ratios))}×`)
        const path = join(folder, 'text.json')
        writeFileSync(path, JSON.stringify(textsOf(words, 'one length', 1)))
        for (const { name, open } of engines) {
          const seconds = await firstVector(open, model, path, isSmall ? 1 : ROUNDS)
          say(`${name}: the first vector from nothing after ${Math.round(1000 * seconds)} ms`)
          yield { bench: 'encoder', case: 'first vector', model: null, backend: name, seconds }
        }
        if (!isSmall) for (const line of installations(peers!)) say(line)
      } finally {
        for (const { child } of engines) child.close()
        rmSync(folder, { recursive: true })
      }
    },
  }
}

async function openEngines(peers: string | undefined) {
  const engines: Engine[] = []
  const reasons: string[] = []
  const add = async (name: string, open: () => Promise<Child>) => engines.push({ name, open, child: await open() })
  await add('Glassformer', () => Child.open(process.execPath, [file('../harness/encoding-child.js')]))
  const node = join(peers ?? 'FOLDER', 'node')
  const script = file('../peers/transformers-js-encoding.js')
  for (const name of ['onnxruntime-node', 'transformers.js'])
    await (existsSync(join(node, 'node_modules'))
      ? add(name, () => Child.open(process.execPath, [script, node, name]))
      : reasons.push(`${name} is not measured: ${node}/node_modules is not there; bench/peers/install.sh makes it`))
  return { engines, reasons }
}

function waysOf(batches: readonly number[]): Way[] {
  const ways: Way[] = []
  for (const lengths of ['all lengths', 'one length'] as const)
    for (const precision of ['float32', 'int8'] as const)
      for (const threads of [1, 2]) for (const batch of batches) ways.push({ precision, threads, batch, lengths })
  return ways
}

const labelOf = ({ precision, threads, batch, lengths }: Way) => `${precision} ×${threads}, ${batch} of ${lengths}`

/** The English words of a corpus in their order. */
function wordsOf(corpus: string): string[] {
  const lines = gunzipSync(readFileSync(corpus)).toString().trimEnd().split('\n')
  return lines.flatMap((line) => line.split('\t')[1].split(' '))
}

/**
 * Texts of words as they come, of 5 to 250 tokens, as many from 5 to 10 as from 100 to 200; or of one length, of frequent
 * short words, which are a token each.
 */
function textsOf(words: readonly string[], lengths: Way['lengths'], count: number): string[] {
  let at = 0
  const next = (from: readonly string[], length: number) =>
    Array.from({ length }, () => from[at++ % from.length]).join(' ')
  if (lengths === 'one length') {
    const frequent = frequentWords(words)
    return Array.from({ length: count }, () => next(frequent, ONE_LENGTH - 2))
  }
  const tokensOfWord = 1.25
  return Array.from({ length: count }, (_, i) => {
    const tokens = SHORTEST * (LONGEST / SHORTEST) ** ((i * GOLDEN_RATIO) % 1)
    return next(words, Math.max(2, Math.round((tokens - 2) / tokensOfWord)))
  })
}

function frequentWords(words: readonly string[]): string[] {
  const times = new Map<string, number>()
  for (const word of words) if (/^[a-z]{2,5}$/.test(word)) times.set(word, (times.get(word) ?? 0) + 1)
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, 101)
  return sorted.map(([word]) => word)
}

interface Work {
  way: Way
  model: string
  path: string
  count: number
}

interface EncoderCell {
  backend: string
  settings: string
  textsPerSecond: number
  seconds: number
  cpuSeconds: number
  /** Milliseconds of the longest pause of the caller's event loop. */
  pause: number
  /** How many times as fast ours is, by the clock and by processor time; null for ours. */
  ratio: number | null
  cpuRatio: number | null
  /** The cosine of the first text's vector with ours. */
  cosine: number
  rounds: number
}

/** Every engine in turn, round by round; what `prepare` embeds is not counted. */
async function* measured(engines: readonly Engine[], work: Work, rounds: number): AsyncIterable<EncoderCell> {
  const { way, model, path, count } = work
  const settings: string[] = []
  for (const { child } of engines)
    settings.push(await child.ask('prepare', model, way.precision, way.threads, way.batch, path))
  const runs = engines.map((): EncodingRun[] => [])
  for (let round = 0; round < rounds; round++) {
    let longest = 0
    for (const [i, { child }] of engines.entries()) {
      const run: EncodingRun = JSON.parse(await child.ask('run'))
      runs[i].push(run)
      longest = Math.max(longest, run.wall)
    }
    if (longest > SLOW_ROUND) break
  }
  const [own] = runs
  const clock = (all: readonly EncodingRun[]) => all.map(({ wall }) => wall)
  const busy = (all: readonly EncodingRun[]) => all.map(({ cpu }) => cpu)
  for (const [i, { name }] of engines.entries()) {
    const seconds = median(clock(runs[i]))
    yield {
      backend: name,
      settings: settings[i],
      textsPerSecond: count / seconds,
      seconds,
      cpuSeconds: median(busy(runs[i])),
      pause: Math.max(...runs[i].map(({ pause }) => pause)),
      ratio: i === 0 ? null : speedRatio(clock(own), clock(runs[i])),
      cpuRatio: i === 0 ? null : speedRatio(busy(own), busy(runs[i])),
      cosine: cosineOf(own[0].vector, runs[i][0].vector),
      rounds: runs[i].length,
    }
  }
}

function lineOf({ backend, textsPerSecond, cpuSeconds, pause, ratio, cpuRatio, settings, cosine }: EncoderCell) {
  const ratios = [ratio, cpuRatio].map((value) => (value === null ? '' : value.toFixed(2)))
  const said = cosine < 0.99 ? `${settings}, cosine ${cosine.toFixed(3)}` : settings
  return [backend, digits(textsPerSecond), digits(cpuSeconds), pause.toFixed(0), ...ratios, said]
}

function cosineOf(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * b[i], 0)
  return dot / Math.hypot(...a) / Math.hypot(...b)
}

const geometricMean = (values: readonly number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

/** Seconds from the start of a process to its first vector. */
async function firstVector(open: Engine['open'], model: string, path: string, rounds: number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    const child = await open()
    await child.ask('prepare', model, 'float32', 1, 1, path)
    times.push((performance.now() - began) / 1000)
    child.close()
  }
  return median(times)
}

/** Megabytes of both installations: the package with the addon of this platform, and the folder of transformers.js. */
function installations(peers: string): string[] {
  const options = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const packed = execFileSync('npm', options, {
    cwd: packageFolder(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const { loaded } = findAddon(opSignatures())
  const own = JSON.parse(packed)[0].unpackedSize + (loaded ? statSync(loaded.binary).size : 0)
  const theirs = sizeOf(join(peers, 'node/node_modules'))
  return [
    `installed: Glassformer with its addon ${megabytes(own)}, the embedded translator among them; transformers.js with onnxruntime-node ${megabytes(theirs)}`,
  ]
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`

function sizeOf(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  return entries.reduce((sum, each) => sum + (each.isFile() ? statSync(join(each.parentPath, each.name)).size : 0), 0)
}
