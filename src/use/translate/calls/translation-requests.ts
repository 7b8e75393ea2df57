import { GlassformerError } from '../../../base/errors.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import type { Pool } from '../../../workers/pool/pool.ts'
import { chunksOf, longestFirst, sizeOf } from '../../../workers/requests/chunks.ts'
import type { SubmitOptions } from '../../../workers/requests/submit.ts'
import type { translate } from '../jobs/translate.ts'
import type { ResolvedCall, ResolvedTranslateOptions } from '../options/resolve-call.ts'
import type { Source, Translation } from '../translation/translation.ts'
import type { ResultCache } from './result-cache.ts'

type Translate = typeof translate

/** How the texts of a call are translated, besides its options. */
export interface TranslationHow extends Pick<SubmitOptions, 'began' | 'turn' | 'isContinuation'> {
  /** Takes the pieces of the one text as they become certain. */
  piece?(text: string): void
}

/** Translations from a cache, and the others by requests to a pool. */
export class TranslationRequests {
  readonly #pool: Pool
  readonly #cache: ResultCache
  /** Options sent to workers, by the search options of the call. */
  readonly #sent = new WeakMap<GenerationOptions, ResolvedTranslateOptions>()

  constructor(pool: Pool, cache: ResultCache) {
    this.#pool = pool
    this.#cache = cache
  }

  /** The translations of these sources, in their order. */
  async of(
    sources: readonly Source[],
    { scheduling, ...call }: ResolvedCall,
    { piece, ...how }: TranslationHow = {},
  ): Promise<Translation[]> {
    const options = this.#travelling(call)
    const keys = this.#cache.keysOf(sources, options)
    const kept = keys?.map((key) => this.#cache.get(key))
    const missing = longestFirst(sources).filter((i) => !kept?.[i])
    const chunks = chunksOf<Translate>(
      'translate',
      missing,
      (i) => sizeOf(sources[i]),
      (indices) => ({
        sources: indices.map((i) => sources[i]),
        options,
        stream: piece !== undefined,
      }),
    )
    const { sample, seed } = options.generation
    const pieces = piece && new RepeatedPieces(piece, !sample || seed !== null)
    const found = await this.#pool.submit<Translate>(chunks, {
      ...how,
      scheduling,
      count: sources.length,
      ...(pieces && { progress: (text) => pieces.push(text), again: () => pieces.again() }),
    })
    if (!keys || !kept) return found
    for (const i of missing) this.#cache.set(keys[i], found[i])
    if (piece && kept[0]) piece(kept[0].text)
    return sources.map((_, i) => kept[i] ?? found[i])
  }

  /**
   * The options of a call as they are sent to workers. Calls with equal options share one object, so that a message
   * contains it once.
   */
  #travelling(call: Omit<ResolvedCall, 'scheduling'>): ResolvedTranslateOptions {
    const known = this.#sent.get(call.generation)
    if (known && known.adapter === call.adapter) return known
    const { format: _, document: __, memory: ___, adapterName: ____, ...options } = call
    this.#sent.set(options.generation, options)
    return options
  }
}

/**
 * Filters the pieces of a text, which are repeated after a worker has died: pieces that have been passed on are not
 * passed on again.
 */
class RepeatedPieces {
  readonly #piece: (text: string) => void
  readonly #isRepeatable: boolean
  #handedOn = 0
  #seen = 0

  /** `isRepeatable`: whether another worker repeats the same pieces. */
  constructor(piece: (text: string) => void, isRepeatable: boolean) {
    this.#piece = piece
    this.#isRepeatable = isRepeatable
  }

  /** @throws GlassformerError ERR_WORKER if pieces have been passed on that cannot be found again */
  again(): void {
    if (this.#handedOn > 0 && !this.#isRepeatable)
      throw new GlassformerError(
        'ERR_WORKER',
        'a worker thread died after a part of this stream had come; it is sampled without a seed, so that the rest cannot be found again',
      )
    this.#seen = 0
  }

  push(text: string): void {
    this.#seen += text.length
    const added = this.#seen - this.#handedOn
    if (added <= 0) return
    this.#handedOn = this.#seen
    this.#piece(text.slice(-added))
  }
}
