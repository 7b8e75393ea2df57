import { kindOf } from '../../../base/values/value-class.ts'
import type { CacheStatistics } from '../../../workers/pool/statistics.ts'
import type { ResolvedTranslateOptions } from '../options/resolve-call.ts'
import type { Source, Translation } from '../translation/translation.ts'

/** Overhead of an entry, apart from its bytes: its key, and its place in the table. */
const EACH = 200

/**
 * Cache of translations by source and options. Entries are stored as bytes, so that no caller can change another's
 * result, and so that their sizes are known. The least recently used entry is dropped first.
 */
export class ResultCache {
  readonly #most: number
  /** Entries in the order of their last use, the most recent last. */
  readonly #entries = new Map<string, Uint8Array>()
  #bytes = 0
  #hits = 0
  #misses = 0

  /** `most` is in bytes. */
  constructor(most: number) {
    this.#most = most
  }

  get statistics(): CacheStatistics {
    return { hits: this.#hits, misses: this.#misses, entries: this.#entries.size, bytes: this.#bytes }
  }

  /**
   * The keys of sources under these options; null if translations may differ from call to call, or if the cache is off.
   * Scheduling options and drafts are ignored, because translations do not depend on them.
   */
  keysOf(sources: readonly Source[], options: ResolvedTranslateOptions): string[] | null {
    const { generation } = options
    if (!this.#most || (generation.sample && generation.seed === null) || generation.maxTime !== null) return null
    const { draft, draftTokens, draftNgram, ...search } = generation
    const those = digest(
      JSON.stringify({ ...options, adapter: options.adapter?.id, generation: search }, (_, value) =>
        kindOf(value) === 'RegExp' ? String(value) : value,
      ),
    )
    return sources.map((source) => digest(JSON.stringify([those, source])))
  }

  get(key: string): Translation | undefined {
    const found = this.#entries.get(key)
    if (!found) {
      this.#misses++
      return undefined
    }
    this.#hits++
    this.#entries.delete(key)
    this.#entries.set(key, found)
    return v8().deserialize(found)
  }

  set(key: string, translation: Translation): void {
    this.#remove(key)
    const bytes = new Uint8Array(v8().serialize(translation)) // a copy: a buffer of Node.js may be a part of a larger one
    if (bytes.length + EACH > this.#most) return
    this.#entries.set(key, bytes)
    this.#bytes += bytes.length + EACH
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#most) break
      this.#remove(oldest)
    }
  }

  #remove(key: string): void {
    const found = this.#entries.get(key)
    if (!found) return
    this.#entries.delete(key)
    this.#bytes -= found.length + EACH
  }
}

// Not imported: node:crypto and node:v8 take milliseconds to load, and the cache is off unless it is asked for.
const v8 = () => process.getBuiltinModule('node:v8')
const digest = (text: string): string =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('base64')
