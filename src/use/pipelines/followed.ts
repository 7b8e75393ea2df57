import type { BaseStreamer } from './text-streamer.ts'

/** What follows a generation: a streamer, and criteria that may stop it. */
export interface Following {
  streamer: BaseStreamer | null
  criteria: ((ids: bigint[][]) => boolean[]) | null
  /** Is called where criteria have stopped every source. */
  stop(): void
}

/** The ids of several sources as they become certain: tells them to a streamer, and stops each source where criteria say so. */
export class Followed {
  readonly #following: Following
  readonly #rows: bigint[][]
  readonly #begins: number[]
  readonly #stopped: boolean[]

  /** `begins`: the decoder's first ids for each source. */
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

  /** Takes all ids that a source has so far, behind the first. */
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

  /** The ids of a source that criteria have stopped, the first included; null of any other. */
  cut(source: number): number[] | null {
    return this.#stopped[source] ? this.#rows[source].map(Number) : null
  }
}
