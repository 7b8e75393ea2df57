import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { chunksOf, longestFirst, sizeOf } from '../pool/chunks.ts'
import type { Pool } from '../pool/pool.ts'
import { type RequestOptions, request } from '../pool/request.ts'
import type { ResultCache } from '../pool/result-cache.ts'
import type { Source, Translation } from '../translation.ts'
import type { ResolvedCall, ResolvedTranslateOptions } from './resolve-translate-options.ts'

/** Translations from a cache, and the others by requests to a pool. */
export class CachedTranslations {
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
    how: Omit<RequestOptions, 'scheduling'> = {},
  ): Promise<Translation[]> {
    const { piece } = how
    const options = this.#travelling(call)
    const keys = this.#cache.keysOf(sources, options)
    const kept = keys?.map((key) => this.#cache.get(key))
    const missing = longestFirst(sources).filter((i) => !kept?.[i])
    const chunks = chunksOf(
      missing,
      (i) => sizeOf(sources[i]),
      (indices) => ({
        kind: 'translate',
        sources: indices.map((i) => sources[i]),
        options,
        stream: piece !== undefined,
      }),
    )
    const { sample, seed } = options.generation
    const isRepeatable = !sample || seed !== null
    const found = await request<Translation>(this.#pool, chunks, {
      ...how,
      scheduling,
      count: sources.length,
      isRepeatable,
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
