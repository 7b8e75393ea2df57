import { existsSync } from 'node:fs'
import { makeFolder } from '../../../formats/disk/make-folder.ts'
import type {
  MemoryMatch,
  MemoryQuestion,
  MemoryUnit,
  RemoteMemory,
  TextPlan,
  UnitsPart,
} from '../../../language/memory/index.ts'
import { MemoryCaller } from './memory-caller.ts'
import { type MemoryPair, memoryPath, noMemory } from './memory-pair.ts'

/** Texts that are looked up in one turn of the memories' thread. */
const AT_ONCE = 16

/**
 * The translation memories of a server, which lie in files and are read, searched and written in a thread of their own:
 * the event loop stays free. Long work is done in parts, between which the parts of other requests have their turns.
 */
export class Memories {
  readonly #folder: string
  readonly #thread: MemoryCaller
  #exports = 0

  /** `most`: the most units of a client. @throws GlassformerError ERR_FILE */
  constructor(folder: string, most: number) {
    this.#folder = folder
    this.#thread = new MemoryCaller({ folder, most })
    makeFolder(folder)
  }

  /** The pairs of a client, with the number of units of each. @throws GlassformerError ERR_FILE, ERR_INPUT */
  of(owner: string): Promise<(MemoryPair & { units: number })[]> {
    return this.#thread.call('of', owner)
  }

  /** The memory of a client for two languages; null where there is none. */
  find(owner: string, pair: MemoryPair): RemoteMemory | null {
    if (!this.#has(owner, pair)) return null
    const plansOf = async (texts: readonly string[], question: MemoryQuestion) => {
      const plans: TextPlan[] = []
      for (let at = 0; at < texts.length; at += AT_ONCE)
        plans.push(
          ...(await this.#thread.call('plansOf', owner, pair, texts.slice(at, at + AT_ONCE) as string[], question)),
        )
      return plans
    }
    return { plansOf }
  }

  /** The units that are like a text, best first. @throws GlassformerError ERR_FILE, ERR_INPUT */
  similar(owner: string, pair: MemoryPair, text: string, threshold: number): Promise<MemoryMatch[]> {
    return this.#thread.call('similar', owner, pair, text, threshold)
  }

  /**
   * Adds units, and returns the number of units of the pair.
   * @throws GlassformerError ERR_QUOTA for more units than a client may have, ERR_FILE, ERR_INPUT
   */
  add(owner: string, pair: MemoryPair, units: readonly MemoryUnit[]): Promise<number> {
    const plain = units.map(({ source, target }) => ({ source, target }))
    return this.#thread.call('add', owner, pair, JSON.stringify(plain))
  }

  /** As `add`, for the units of a TMX file. All are added, or none where they are too many. */
  async addParts(owner: string, pair: MemoryPair, parts: readonly UnitsPart[]): Promise<number> {
    const count = parts.reduce((sum, part) => sum + part.count, 0)
    await this.#thread.call('checkRoom', owner, count)
    let units = 0
    for (const part of parts) units = await this.#thread.call('add', owner, pair, part.units)
    return units
  }

  /** A memory as TMX, part by part. @throws GlassformerError ERR_NOT_FOUND */
  exported(owner: string, pair: MemoryPair): AsyncGenerator<string, void, undefined> {
    if (!this.#has(owner, pair)) throw noMemory(pair)
    return this.#partsOf(this.#exports++, owner, pair)
  }

  async *#partsOf(id: number, owner: string, pair: MemoryPair): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) {
        const part = await this.#thread.call('exported', id, owner, pair)
        if (part === null) return
        yield part
      }
    } finally {
      await this.#thread.call('endExport', id)
    }
  }

  /** Removes the memory of a pair. @throws GlassformerError ERR_NOT_FOUND; ERR_BUSY while it is exported; ERR_FILE */
  async remove(owner: string, pair: MemoryPair): Promise<void> {
    await this.#thread.call('remove', owner, pair)
  }

  /** Ends the thread; what has been added is in the files. */
  close(): Promise<void> {
    return this.#thread.close()
  }

  #has(owner: string, pair: MemoryPair): boolean {
    return existsSync(memoryPath(this.#folder, owner, pair))
  }
}
