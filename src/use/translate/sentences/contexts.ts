import { present } from '../../../base/present.ts'
import { type Found, penalized } from '../../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import type { TokenPair } from '../../../engine/decode/step/index.ts'
import { isDecoderOnly } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
import type { ResolvedTranslateOptions } from '../options/resolve-call.ts'
import type { SentenceSearch } from '../searches/sentence-search.ts'
import { isIds } from '../translation/sources.ts'
import type { SourceToTranslate } from './engine-sources.ts'
import type { LanguageCodes } from './language-codes.ts'

/** A text before the sentences of a source, and how a model has translated it. */
interface ReadContext {
  text: string
  /** The ids of its translation, without the first ones that all translations have, and without ends. */
  target: readonly number[]
}

/** Parts of a model that read sentences after a context. */
interface ContextReader {
  /** The ids of a text, its end included. */
  encode(text: string): readonly number[]
  /** The log-probabilities of the ids of each target. */
  score(pairs: readonly TokenPair[]): readonly Float32Array[]
  /** The ids with which translations begin, where there are such: those of languages. */
  first: readonly number[]
  /** The score of a translation from the sum of its log-probabilities. */
  scoreOf(sum: number, length: number): number
  /** The number of hypotheses of a search, and the number of translations that are asked for. */
  beams: number
  alternatives: number
}

/**
 * How much likelier (in log-probability) a translation must be after the context than that of the sentence alone to
 * take its place. Without it, a text that has nothing to do with the sentence changes more translations.
 */
const CLEARLY = 2

/**
 * Search for a sentence after a context. The sentence is searched for alone, and as the end of a text that begins with
 * the context and its translation. The hypotheses of both are scored after the context, and the likeliest comes first:
 * so a context chooses between il and elle, or between terms.
 */
function* contextSearch(search: SentenceSearch, context: ReadContext, reader: ContextReader): SentenceSearch {
  let step = search.next([])
  while (!step.done) {
    const { text, begin, alternatives = reader.alternatives } = step.value
    if (text === undefined || begin) {
      step = search.next(yield step.value)
      continue
    }
    const input = { ...step.value, alternatives: Math.max(reader.beams, alternatives), isHeld: true }
    const alone = yield input
    const source = reader.encode(`${context.text} ${text}`)
    const first = languageOf(alone[0].ids, reader)
    const after = yield { ...input, source, begin: [...first, ...context.target] }
    const known = new Set(alone.map(({ ids }) => ids.join()))
    const others = after.map(({ ids }) => [...first, ...ids]).filter((ids) => !known.has(ids.join()))
    const scores = reader.score(others.map((target) => ({ source: input.source, target })))
    const added = after.slice(0, others.length).map((each, i): Found => {
      const own = Array.from(scores[i])
      return { ...each, ids: others[i], scores: own, score: reader.scoreOf(sum(own), own.length) }
    })
    step = search.next(ranked([...alone, ...added], source, context, reader).slice(0, alternatives))
  }
  return step.value
}

/** The hypotheses, the likeliest after the context first; the best one of the sentence alone is the first given. */
function ranked(
  found: readonly Found[],
  source: readonly number[],
  context: ReadContext,
  reader: ContextReader,
): readonly Found[] {
  const pairs = found.map(({ ids }) => {
    const first = languageOf(ids, reader)
    return { source, target: [...first, ...context.target, ...ids.slice(first.length)] }
  })
  const keys = reader.score(pairs).map((scores, i) => {
    const { ids } = found[i]
    const after = sum(scores.slice(languageOf(ids, reader).length - ids.length))
    return after + (i === 0 ? CLEARLY : 0)
  })
  return [...keys.keys()].sort((a, b) => keys[b] - keys[a]).map((i) => found[i])
}

/** The id with which a translation begins where translations begin with one: that of a language. */
const languageOf = (ids: readonly number[], { first }: ContextReader): readonly number[] =>
  ids.slice(0, ids.length - withoutFirst(ids, first).length)

/** Ids without the one with which translations begin, where there is such. */
const withoutFirst = (ids: readonly number[], first: readonly number[]): readonly number[] =>
  first.includes(ids[0]) ? ids.slice(1) : ids

const sum = (values: Iterable<number>) => {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Parts of an engine that read contexts. */
interface Reading {
  model: LoadedModel
  /** The last sentences of a context that the model can read, with their ids. */
  sentencesOf(context: string, options: ResolvedTranslateOptions, languages: LanguageCodes): ContextSentence[]
  encode(text: string, languages: LanguageCodes): readonly number[]
  score(pairs: readonly TokenPair[]): readonly Float32Array[]
  /** Queues the translation of a sentence for a job. */
  translate(
    job: SourceToTranslate,
    source: readonly number[],
    options: GenerationOptions,
    done: (best: Found) => void,
  ): void
}

export interface ContextSentence {
  text: string
  ids: readonly number[]
}

/** A context that has been read, for the sentences of a source. */
export interface Context {
  /** The search for a sentence after the context. */
  search(search: SentenceSearch): SentenceSearch
}

/** A source whose context is to be read. */
interface Asked {
  job: SourceToTranslate
  options: GenerationOptions
  languages: LanguageCodes
  take(context: Context): void
}

/** How a source uses a context that has been read. */
interface Used {
  options: GenerationOptions
  languages: LanguageCodes
  adapter: Adapter | undefined
}

/** The largest number of contexts that are remembered. */
const MOST_KNOWN = 64

/** The contexts that a model has read, which sources of a request, and later requests, share. */
export class Contexts {
  readonly #reading: Reading
  readonly #known = new Map<string, ReadContext>()
  /** Contexts that are being read, each for a request: with it those who wait are canceled. */
  readonly #open = new Map<string, { request: unknown; waiting: ((read: ReadContext) => void)[] }>()

  constructor(reading: Reading) {
    this.#reading = reading
  }

  /**
   * Reads the context of a source: `take` is called with it, at once or by a later step. Returns false where there is
   * no context that the model can use: it was trained on sentences alone, or the search has one hypothesis.
   */
  read({ job, options, languages, take }: Asked): boolean {
    const { model, sentencesOf } = this.#reading
    const { context } = job.options
    if (!context || isIds(job.source) || options.sample || options.beams < 2) return false
    if (model.trainedOn !== 'texts' || isDecoderOnly(model.config)) return false
    const sentences = sentencesOf(context, job.options, languages)
    if (!sentences.length) return false
    const { adapter } = job.options
    const key = JSON.stringify([sentences.map(({ ids }) => ids), languages.target, options.beams, adapter?.id])
    const use = (read: ReadContext) => take(this.#contextOf(read, { options, languages, adapter }))
    const known = this.#known.get(key)
    const open = this.#open.get(key)
    if (known) use(known)
    else if (open && open.request === job.request) open.waiting.push(use)
    else this.#translate(key, sentences, { job, options }, use)
    return true
  }

  /** Forgets what is being read for a request. */
  cancel(request: unknown): void {
    for (const [key, open] of this.#open) if (open.request === request) this.#open.delete(key)
  }

  #translate(
    key: string,
    sentences: readonly ContextSentence[],
    { job, options }: Pick<Asked, 'job' | 'options'>,
    use: (read: ReadContext) => void,
  ): void {
    const own = { request: job.request, waiting: [use] }
    this.#open.set(key, own)
    const targets: (readonly number[])[] = new Array(sentences.length)
    let missing = sentences.length
    const plain = { ...options, alternatives: 1, draft: null }
    sentences.forEach(({ ids }, i) =>
      this.#reading.translate(job, ids, plain, (best) => {
        const target = best.finishReason === 'end' ? best.ids.slice(0, -1) : best.ids
        targets[i] = withoutFirst(target, firstOf(options))
        if (--missing > 0) return
        if (this.#open.get(key) === own) this.#open.delete(key)
        if (this.#known.size === MOST_KNOWN) this.#known.delete(present(this.#known.keys().next().value))
        const read = { text: sentences.map(({ text }) => text).join(' '), target: targets.flat() }
        this.#known.set(key, read)
        for (const each of own.waiting) each(read)
      }),
    )
  }

  #contextOf(read: ReadContext, { options, languages, adapter }: Used): Context {
    const { encode, score } = this.#reading
    const { beams, alternatives } = options
    const reader = {
      scoreOf: (sum: number, length: number) => penalized(options, sum, Math.max(1, length)),
      encode: (text: string) => encode(text, languages),
      score: (pairs: readonly TokenPair[]) => score(pairs.map((pair) => ({ ...pair, adapter }))),
      first: firstOf(options),
      beams,
      alternatives,
    }
    return { search: (search) => contextSearch(search, read, reader) }
  }
}

/** The ids with which translations begin, where these are set: a language. */
const firstOf = ({ forcedFirst }: GenerationOptions): readonly number[] => [forcedFirst ?? []].flat()
