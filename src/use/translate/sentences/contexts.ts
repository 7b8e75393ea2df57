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
import { contextSearch, type ReadContext, withoutFirst } from './context.ts'
import type { SourceToTranslate } from './engine-sources.ts'
import type { LanguageCodes } from './language-codes.ts'

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
  /** The search for a sentence behind the context. */
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
