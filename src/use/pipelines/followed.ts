import type { BaseStreamer } from './text-streamer.ts'

/** Observers of a generation: a streamer, and stopping criteria. */
export interface Following {
  streamer: BaseStreamer | null
  criteria: ((ids: bigint[][]) => boolean[]) | null
  /** Called when criteria have stopped every source. */
  stop(): void
}

/**
 * Passes the ids of several sources to a streamer as they become certain, and stops each source when criteria say so.
 */
export class Followed {
  readonly #following: Following
  readonly #rows: bigint[][]
  readonly #begins: number[]
  readonly #stopped: boolean[]

  /** `begins` holds the decoder's first ids for each source. */
  constructor(begins: readonly (readonly number[])[], following: Following) {
    this.#following = following
    this.#rows = begins.map((ids) => ids.map(BigInt))
    this.#begins = begins.map(({ length }) => length)
    this.#stopped = begins.map(() => false)
    following.streamer?.put([[...this.#rows[0]]])
  }

  get hasStopped(): boolean {
    return this.#stopped.every((stopped) => stopped)
  }

  /** Takes all ids of a source so far, after the first ones. */
  tell(source: number, ids: readonly number[]): void {
    const row = this.#rows[source]
    for (const id of ids.slice(row.length - this.#begins[source])) {
      if (this.#stopped[source]) return
      row.push(BigInt(id))
      this.#following.streamer?.put([[BigInt(id)]])
      if (this.#following.criteria?.([row])[0]) this.#stopped[source] = true
    }
    if (this.hasStopped) this.#following.stop()
  }

  /** The ids of a source that criteria have stopped, including the first ones; null for any other source. */
  cut(source: number): number[] | null {
    return this.#stopped[source] ? this.#rows[source].map(Number) : null
  }
}
