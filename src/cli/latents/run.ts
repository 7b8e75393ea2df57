import { once } from 'node:events'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import { counted } from '../../base/values/number-text.ts'
import { inputLines } from '../../formats/disk/input-lines.ts'
import { corpusBleu } from '../../learn/evaluate/bleu.ts'
import { signedText } from '../../learn/evaluate/signature.ts'
import { openCorpus, type Pair } from '../../learn/train/pairs/corpus.ts'
import { Autoencoder, autoencoderSettings, codesOfText, translateByCodes } from '../../use/latents/index.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { readTable } from '../lines/test-set.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'
import { openProgress } from '../terminal/progress.ts'
import type { LatentsCommandOptions } from './options.ts'

/** A code that several translations have. */
interface SharedCode {
  code: number
  /** The number of translations that have it. */
  count: number
  /** The first of these, with the tokens of the code in brackets. */
  sentences: string[]
}

/** Gathers translations by their codes. */
class SharedCodes {
  readonly #most: number
  readonly #of = new Map<number, SharedCode>()

  /** `most`: the sentences that are kept of each code. */
  constructor(most: number) {
    this.#most = most
  }

  /** Adds a translation: its codes, and its pieces, of which each code has `every`. A code that it has twice counts once. */
  add(codes: readonly number[], pieces: readonly string[], every: number): void {
    const own = new Set<number>()
    for (const [i, code] of codes.entries()) {
      if (own.has(code)) continue
      own.add(code)
      const found = this.#of.get(code) ?? { code, count: 0, sentences: [] }
      this.#of.set(code, found)
      found.count++
      if (found.sentences.length < this.#most) found.sentences.push(marked(pieces, i * every, (i + 1) * every))
    }
  }

  /** The codes of two translations and more, the most frequent first. */
  get listed(): SharedCode[] {
    return [...this.#of.values()].filter(({ count }) => count > 1).sort((a, b) => b.count - a.count || a.code - b.code)
  }
}

/** The text of pieces, with some of them in brackets. */
function marked(pieces: readonly string[], begin: number, end: number): string {
  const text = (some: readonly string[]) => some.join('').replaceAll('\u2581', ' ')
  const inner = text(pieces.slice(begin, end))
  const before = text(pieces.slice(0, begin))
  const space = inner.startsWith(' ') && before !== '' ? ' ' : ''
  return `${before}${space}[${inner.trimStart()}]${text(pieces.slice(end))}`.trim()
}

/** Pairs that are computed at once. */
const AT_ONCE = 256

/** Sentences that are shown of those that share a code. */
const SHOWN = 10

/** `glassformer latents`. */
export async function runLatents(model: string, options: LatentsCommandOptions): Promise<void> {
  const autoencoder = Autoencoder.load(
    model,
    read(autoencoderSettings, givenBy(autoencoderSettings, options), inOptions),
  )
  try {
    if (options.encode !== undefined) await encodeTable(autoencoder, options.encode, options)
    else if (options.shared !== undefined) await listShared(autoencoder, options.shared, options)
    else if (options.test !== undefined) await measure(autoencoder, options.test, options)
    else await translateLines(autoencoder, options)
  } finally {
    autoencoder.close()
  }
}

/** Writes a source, a tab and codes for each pair of a table. */
async function encodeTable(
  autoencoder: Autoencoder,
  path: string,
  { json, progress: asked }: LatentsCommandOptions,
): Promise<void> {
  const corpus = openCorpus({ format: 'tsv', path, sourceColumn: 0, targetColumn: 1 })
  const progress = await openProgress(asked, null, 'line')
  let count = 0
  try {
    for await (const pairs of some(corpus)) {
      const codes = autoencoder.encode(pairs)
      const lines = pairs.map(({ source, target }, i) =>
        json ? JSON.stringify({ source, target, codes: codes[i] }) : `${source}\t${codes[i]}`,
      )
      await write(lines)
      count += pairs.length
      progress.reached(count, count)
    }
  } finally {
    progress.end()
  }
}

/** Lists the codes that several translations of a table have, each with some of these. */
async function listShared(autoencoder: Autoencoder, path: string, { json }: LatentsCommandOptions): Promise<void> {
  const shared = new SharedCodes(SHOWN)
  for await (const pairs of some(openCorpus({ format: 'tsv', path, sourceColumn: 0, targetColumn: 1 }))) {
    const codes = autoencoder.encode(pairs)
    const pieces = autoencoder.pieces(pairs.map(({ target }) => target))
    pairs.forEach((_, i) =>
      shared.add(codesOfText(codes[i], autoencoder.latents.codes), pieces[i], autoencoder.latents.every),
    )
  }
  const lines = shared.listed.map(({ code, count, sentences }) =>
    json ? JSON.stringify({ code, count, sentences }) : `${code}\t${count}\t${sentences.join(' | ')}`,
  )
  await write(lines)
}

async function* some<T>(all: AsyncIterable<T>): AsyncGenerator<T[], void, undefined> {
  let batch: T[] = []
  for await (const each of all) {
    batch.push(each)
    if (batch.length < AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length) yield batch
}

async function write(lines: readonly string[]): Promise<void> {
  if (!process.stdout.write(lines.map((line) => `${line}\n`).join(''))) await once(process.stdout, 'drain')
}

/** Translates the lines of standard input. */
async function translateLines(autoencoder: Autoencoder, options: LatentsCommandOptions): Promise<void> {
  const prior = await loadPrior(options)
  try {
    for await (const lines of inputLines(process.stdin)) {
      const texts = lines.map(({ text }) => text)
      const found = await translateByCodes({ prior, autoencoder }, texts, { beams: options.beams })
      await write(found.map((each) => (options.json ? JSON.stringify(each) : each.text)))
    }
  } finally {
    await prior.close()
  }
}

const loadPrior = ({ prior, backend, precision, threads }: LatentsCommandOptions) =>
  loadTextTranslator(prior, resolveLoadOptions({ backend, precision, threads, workers: 1 }))

/** BLEU of translations by way of the prior's codes, or of what comes back from the codes of references. */
async function measure(autoencoder: Autoencoder, path: string, options: LatentsCommandOptions): Promise<void> {
  const { lines } = await readTable(path)
  const pairs = lines.map(({ source, references }) => ({ source, target: references[0] }))
  const progress = await openProgress(options.progress, pairs.length, 'sentence')
  const prior = options.prior === undefined ? null : await loadPrior(options)
  const hypotheses: string[] = []
  const codes: number[] = []
  let steps = 0
  const began = performance.now()
  try {
    for (let i = 0; i < pairs.length; i += AT_ONCE) {
      const batch = pairs.slice(i, i + AT_ONCE)
      const found = prior
        ? await translateByCodes({ prior, autoencoder }, sourcesOf(batch), { beams: options.beams })
        : rewritten(autoencoder, batch)
      for (const each of found) {
        hypotheses.push(each.text)
        codes.push(...codesOfText(each.codes, autoencoder.latents.codes))
        steps += each.steps
      }
      progress.reached(hypotheses.length, hypotheses.length)
    }
  } finally {
    progress.end()
    await prior?.close()
  }
  const seconds = (performance.now() - began) / 1000
  const bleu = corpusBleu(
    hypotheses,
    lines.map(({ references }) => references),
  )
  const used = usedCodes(codes)
  const measured = { sentences: lines.length, bleu, ...used, all: autoencoder.latents.codes, steps, seconds }
  if (options.json) return console.log(JSON.stringify(measured))
  console.log(signedText(bleu))
  console.log(
    `codes  ${counted(used.codes, 'code')} of ${autoencoder.latents.codes} used, perplexity ${used.perplexity.toFixed(1)}`,
  )
  if (prior)
    console.log(
      `steps  ${(steps / lines.length).toFixed(2)} a sentence of the prior, ${(lines.length / seconds).toFixed(1)} sentences/s`,
    )
}

const sourcesOf = (pairs: readonly Pair[]) => pairs.map(({ source }) => source)

function rewritten(autoencoder: Autoencoder, pairs: readonly Pair[]) {
  const codes = autoencoder.encode(pairs)
  const found = autoencoder.decode(pairs.map(({ source }, i) => ({ source, codes: codes[i] })))
  return found.map((text, i) => ({ text, codes: codes[i], steps: 0 }))
}

/** How many codes occur, and the perplexity of their distribution. */
function usedCodes(codes: readonly number[]): { codes: number; perplexity: number } {
  const counts = new Map<number, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  let entropy = 0
  for (const count of counts.values()) entropy -= (count / codes.length) * Math.log(count / codes.length)
  return { codes: counts.size, perplexity: Math.exp(entropy) }
}
