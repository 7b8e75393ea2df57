/**
 * Where do translations of the models that browsers ship differ from Bergamot's, and why? It translates sentences from
 * English to Portuguese and Bergamot's translations back. Then the decoder reads both translations of each differing
 * sentence, and prints the logits of the two tokens at the first difference, in int8 and in float32, beside the logits
 * that Bergamot assigns to its own words.
 *
 *     node bench/dist/scripts/bergamot-differences.js [--peers FOLDER] [--shared FOLDER] [--sentences N]
 *
 * The sentences are the first English ones of the Tatoeba test set. Missing files in the folder of the peers are
 * downloaded (bench/peers/bergamot.sh).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { Command, Option } from 'commander'
import { splitSentences } from '#dist/language/text/sentences/sentences.js'
import type { Trace } from '#dist/trace/data/trace.js'
import { Translator } from '#dist/use/translate/translator.js'
import { BergamotPeers, type Direction, type TextPeer } from '../harness/bergamot-peers.ts'
import { positive } from '../harness/number-options.ts'

/** Bergamot's worker sets this factor, whatever the model says. */
const SEARCH = { maxLengthFactor: 2 }

/** The sentences whose translations' logits are held beside Bergamot's, where both are the same. */
const MEASURED = 200

/** The decoder's view of a given target: its tokens, and a row of logits for each. */
interface Read {
  ids: number[]
  tokens: string[]
  /** The logit of token `id` at step t. */
  logit(t: number, id: number): number
}

async function read(translator: Translator, source: string, target: string | number[]): Promise<Read> {
  const { target: given, tensors }: Trace = await translator.inspect(source, { target, tensors: ['logits'] })
  const { values, shape } = tensors.logits
  return { ids: given.ids, tokens: given.tokens, logit: (t, id) => values[t * shape[1] + id] }
}

/** The steps of each word of a target, up to its end. */
function wordsOf({ tokens }: Read): number[][] {
  const words: number[][] = []
  for (let t = 0; t < tokens.length - 1; t++) {
    if (t === 0 || tokens[t].startsWith('▁')) words.push([])
    words.at(-1)!.push(t)
  }
  return words
}

/** The logits of a target's own tokens, as means over each word, as Bergamot reports them. */
const wordLogits = (target: Read): number[] =>
  wordsOf(target).map((steps) => steps.reduce((sum, t) => sum + target.logit(t, target.ids[t]), 0) / steps.length)

/** The first difference between two targets, and the logits there. */
interface Parting {
  source: string
  step: number
  tokens: [ours: string, theirs: string]
  /** The difference between the logits of our token and theirs; in float32 too. */
  margin: number
  inFloat32: number
  /** The difference between Bergamot's logit of its word there and ours; NaN where words are split differently. */
  farther: number
}

class Comparison {
  readonly #ours: Translator
  readonly #float32: Translator
  readonly #bergamot: TextPeer
  readonly #model: string
  /** The differences between our logits of Bergamot's words and Bergamot's. */
  readonly distances: number[] = []

  private constructor(ours: Translator, float32: Translator, bergamot: TextPeer, model: string) {
    this.#ours = ours
    this.#float32 = float32
    this.#bergamot = bergamot
    this.#model = model
  }

  static async open(bergamot: TextPeer, model: string): Promise<Comparison> {
    const one = { workers: 1, threads: 1 }
    const float32 = await Translator.load(model, { ...one, precision: 'float32' })
    return new Comparison(await Translator.load(model, one), float32, bergamot, model)
  }

  async partings(sources: readonly string[]): Promise<{ theirs: string[]; partings: Parting[] }> {
    const { texts: theirs } = await this.#bergamot.translate(this.#model, sources)
    const ours = this.#ours.translateSync(sources, SEARCH)
    const differing = sources.flatMap((_, i) => (ours[i].text === theirs[i] ? [] : [i]))
    const measured = [...new Set([...sources.keys()].slice(0, MEASURED).concat(differing))]
    const some = measured.map((i) => sources[i])
    const { scores } = await this.#bergamot.translate(this.#model, some, { scores: true })
    const partings: Parting[] = []
    for (const [k, i] of measured.entries()) {
      const their = await read(this.#ours, sources[i], theirs[i])
      const logits = scores![k].map(([, logit]) => logit)
      if (differing.includes(i)) partings.push(await this.#parting(sources[i], ours[i].ids, their, logits))
      else this.#addDistances(wordLogits(their), logits)
    }
    return { theirs, partings }
  }

  /** Words of a text that Bergamot splits differently are skipped. */
  #addDistances(ours: readonly number[], theirs: readonly number[]): void {
    if (ours.length === theirs.length) ours.forEach((logit, i) => this.distances.push(Math.abs(logit - theirs[i])))
  }

  async #parting(source: string, ids: number[], their: Read, logits: readonly number[]): Promise<Parting> {
    const our = await read(this.#ours, source, ids)
    const step = our.ids.findIndex((id, t) => id !== their.ids[t])
    const [ourId, theirId] = [our.ids[step], their.ids[step]]
    const float32 = await read(this.#float32, source, their.ids)
    const words = wordsOf(their)
    const word = words.length === logits.length ? words.findIndex((steps) => steps.includes(step)) : -1
    return {
      source,
      step,
      tokens: [our.tokens[step], their.tokens[step]],
      margin: our.logit(step, ourId) - our.logit(step, theirId),
      inFloat32: float32.logit(step, ourId) - float32.logit(step, theirId),
      farther: word < 0 ? Number.NaN : logits[word] - wordLogits(their)[word],
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#ours.close(), this.#float32.close()])
  }
}

/** The first English sentences of the test set, each once. */
function sentencesOf(shared: string, count: number): string[] {
  const lines = gunzipSync(readFileSync(join(shared, 'data/tatoeba-fr-en.test.tsv.gz'))).toString('utf8')
  const texts = lines.split('\n').flatMap((line) => splitSentences(line.split('\t')[1] ?? '').sentences)
  return [...new Set(texts.filter((text) => text !== ''))].slice(0, count)
}

const quantile = (sorted: readonly number[], share: number) => sorted[Math.floor(share * (sorted.length - 1))]

function report(direction: Direction, count: number, partings: readonly Parting[], distances: number[]): void {
  const share = ((100 * (count - partings.length)) / count).toFixed(1)
  console.log(`\n${direction}: ${count - partings.length} of ${count} translations equal Bergamot's (${share} %)`)
  const sorted = distances.toSorted((a, b) => a - b)
  const [half, most] = [0.5, 0.99].map((part) => quantile(sorted, part).toFixed(3))
  console.log(`logits of ${sorted.length} words beside Bergamot's: half within ${half}, 99 % within ${most}`)
  console.log(
    '| step | ours | Bergamot | margin here | in float32 | logit in Bergamot | source |\n|---|---|---|---|---|---|---|',
  )
  for (const { source, step, tokens, margin, inFloat32, farther } of partings.toSorted((a, b) => a.margin - b.margin))
    console.log(
      `| ${step} | ${tokens.join(' | ')} | ${margin.toFixed(3)} | ${inFloat32.toFixed(3)} | ${farther.toFixed(3)} more | ${source} |`,
    )
}

const { peers, shared, sentences } = new Command('bergamot-differences')
  .option('--peers <folder>', 'where bench/peers/bergamot.sh installs Bergamot', process.env.GLASSFORMER_BERGAMOT)
  .option(
    '--shared <folder>',
    'where data/ with the Tatoeba sentences is',
    process.env.GLASSFORMER_SHARED ?? fileURLToPath(new URL('../../../../shared', import.meta.url)),
  )
  .addOption(new Option('--sentences <n>', 'how many').argParser(positive).default(1000))
  .parse()
  .opts<{ peers?: string; shared: string; sentences: number }>()
const installed = BergamotPeers.installed(peers)
const bergamot = await installed.open()
console.log(bergamot.version)
let sources = sentencesOf(shared, sentences)
for (const direction of ['en-pt', 'pt-en'] as const) {
  const comparison = await Comparison.open(bergamot, installed.model(direction))
  const { theirs, partings } = await comparison.partings(sources)
  report(direction, sources.length, partings, comparison.distances)
  await comparison.close()
  sources = theirs
}
bergamot.close()
