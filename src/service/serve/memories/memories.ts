import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import { makeFolder } from '../../../formats/disk/make-folder.ts'
import { fileError } from '../../../formats/disk/read-file.ts'
import { removeFile } from '../../../formats/disk/replace-file.ts'
import { type MemoryUnit, TranslationMemory } from '../../../language/memory/index.ts'

/** A pair of languages, by plain tags: fr, zh-Hant. */
export interface MemoryPair {
  source: string
  target: string
}

/** A memory in use. */
interface Open {
  memory: TranslationMemory
  uses: number
}

/** Units of memories that are held open without being used. */
const MOST_OPEN_UNITS = 2_000_000

/**
 * The translation memories of a server: for each client, which is a key, and each pair of languages a file in the
 * client's folder.
 */
export class Memories {
  readonly #folder: string
  readonly #most: number
  /** By path, the last used one last. */
  readonly #open = new Map<string, Open>()

  /** `most`: the most units of a client. @throws GlassformerError ERR_FILE */
  constructor(folder: string, most: number) {
    this.#folder = folder
    this.#most = most
    makeFolder(folder)
  }

  /** The pairs of a client, with the number of units of each. */
  async of(owner: string): Promise<(MemoryPair & { units: number })[]> {
    const pairs = this.#pairsOf(owner)
    return Promise.all(
      pairs.map(async (pair) => ({ ...pair, units: await this.use(owner, pair, async (memory) => memory?.size ?? 0) })),
    )
  }

  /** Runs work with the memory of a client; null where there is none. @throws GlassformerError ERR_FILE, ERR_INPUT */
  async use<T>(owner: string, pair: MemoryPair, work: (memory: TranslationMemory | null) => Promise<T>): Promise<T> {
    const path = this.#pathOf(owner, pair)
    if (!this.#open.has(path) && !existsSync(path)) return work(null)
    return this.#using(path, work)
  }

  /**
   * Adds units, and returns the number of units of the pair.
   * @throws GlassformerError ERR_QUOTA for more units than a client may have, ERR_FILE, ERR_INPUT
   */
  async add(owner: string, pair: MemoryPair, units: readonly MemoryUnit[]): Promise<number> {
    const path = this.#pathOf(owner, pair)
    const before = (await this.of(owner)).reduce((sum, each) => sum + each.units, 0)
    if (before + units.length > this.#most)
      throw new GlassformerError(
        'ERR_QUOTA',
        `the memories of a client may have ${whole(this.#most)} units: ${whole(before)} are there, and ${whole(units.length)} more are too many`,
      )
    makeFolder(dirname(path))
    return this.#using(path, async (memory) => {
      for (const { source, target } of units) memory.add(source, target)
      return memory.size
    })
  }

  /** Removes the memory of a pair. @throws GlassformerError ERR_NOT_FOUND; ERR_BUSY while it is used; ERR_FILE */
  remove(owner: string, pair: MemoryPair): void {
    const path = this.#pathOf(owner, pair)
    const open = this.#open.get(path)
    if (!open && !existsSync(path))
      throw new GlassformerError('ERR_NOT_FOUND', `there is no memory from ${pair.source} into ${pair.target}`)
    if (open?.uses) throw new GlassformerError('ERR_BUSY', 'this memory is in use: ask again')
    open?.memory.close()
    this.#open.delete(path)
    removeFile(path)
  }

  close(): void {
    for (const { memory } of this.#open.values()) memory.close()
    this.#open.clear()
  }

  async #using<T>(path: string, work: (memory: TranslationMemory) => Promise<T>): Promise<T> {
    const open = this.#open.get(path) ?? { memory: TranslationMemory.open(path), uses: 0 }
    this.#open.delete(path)
    this.#open.set(path, open)
    open.uses++
    try {
      return await work(open.memory)
    } finally {
      open.uses--
      this.#closeUnused()
    }
  }

  /** Closes the memories that were used longest ago, while all have too many units. */
  #closeUnused(): void {
    let units = [...this.#open.values()].reduce((sum, { memory }) => sum + memory.size, 0)
    for (const [path, { memory, uses }] of this.#open) {
      if (units <= MOST_OPEN_UNITS) return
      if (uses) continue
      units -= memory.size
      memory.close()
      this.#open.delete(path)
    }
  }

  #pairsOf(owner: string): MemoryPair[] {
    const folder = this.#folderOf(owner)
    if (!existsSync(folder)) return []
    try {
      return readdirSync(folder).flatMap((name) => {
        const [, source, target] = /^([\w-]+)\.([\w-]+)\.memory$/.exec(name) ?? []
        return source && target ? [{ source, target }] : []
      })
    } catch (error) {
      throw fileError('read', folder, error)
    }
  }

  /** The name of a key may have any letters; its digest is the name of a folder everywhere. */
  #folderOf(owner: string): string {
    return join(this.#folder, owner === '' ? 'all' : createHash('sha256').update(owner).digest('hex').slice(0, 32))
  }

  #pathOf(owner: string, { source, target }: MemoryPair): string {
    return join(this.#folderOf(owner), `${source}.${target}.memory`)
  }
}
