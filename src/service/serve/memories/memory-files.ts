import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import { makeFolder } from '../../../formats/disk/make-folder.ts'
import { fileError } from '../../../formats/disk/read-file.ts'
import { removeFile } from '../../../formats/disk/replace-file.ts'
import {
  type MemoryMatch,
  type MemoryQuestion,
  type MemoryUnit,
  planOf,
  type TextPlan,
  TranslationMemory,
} from '../../../language/memory/index.ts'
import { tmxOf } from '../../../language/memory/tmx.ts'
import { type MemoryPair, memoryFolder, memoryPath, noMemory } from './memory-pair.ts'

/** A memory in use. */
interface Open {
  memory: TranslationMemory
  uses: number
}

/** A memory that is written as TMX, part by part. */
interface Export {
  open: Open
  parts: Generator<string>
}

/** Pieces of TMX that are written at once, a unit each. */
const AT_ONCE = 1000

/** Units of memories that are held open without being used. */
const MOST_OPEN_UNITS = 2_000_000

/**
 * The files of the translation memories of a server: for each client, which is a key, and each pair of languages one in
 * the client's folder. They are read, searched and written in the thread of the memories.
 */
export class MemoryFiles {
  readonly #folder: string
  readonly #most: number
  /** By path, the last used one last. */
  readonly #open = new Map<string, Open>()
  /** Exports under way, by their numbers. */
  readonly #exports = new Map<number, Export>()

  /** `most`: the most units of a client. */
  constructor(folder: string, most: number) {
    this.#folder = folder
    this.#most = most
  }

  /** The pairs of a client, with the number of units of each. @throws GlassformerError ERR_FILE, ERR_INPUT */
  of(owner: string): (MemoryPair & { units: number })[] {
    return this.#pairsOf(owner).map((pair) => ({ ...pair, units: this.#within(owner, pair, ({ size }) => size) ?? 0 }))
  }

  /** What a memory has of texts. @throws GlassformerError ERR_FILE, ERR_INPUT */
  plansOf(owner: string, pair: MemoryPair, texts: readonly string[], question: MemoryQuestion): TextPlan[] {
    const plans = this.#within(owner, pair, (memory) => texts.map((text) => planOf(memory, text, question)))
    return plans ?? texts.map((text) => ({ parts: [{ text }], spaces: null, suggested: [] }))
  }

  /** The units that are like a text, best first. @throws GlassformerError ERR_FILE, ERR_INPUT */
  similar(owner: string, pair: MemoryPair, text: string, threshold: number): MemoryMatch[] {
    return this.#within(owner, pair, (memory) => memory.similar(text, { threshold })) ?? []
  }

  /** @throws GlassformerError ERR_QUOTA for more units than a client may have */
  checkRoom(owner: string, units: number): void {
    const before = this.of(owner).reduce((sum, each) => sum + each.units, 0)
    if (before + units > this.#most)
      throw new GlassformerError(
        'ERR_QUOTA',
        `the memories of a client may have ${whole(this.#most)} units: ${whole(before)} are there, and ${whole(units)} more are too many`,
      )
  }

  /**
   * Adds units, given as the JSON of a list, and returns the number of units of the pair.
   * @throws GlassformerError ERR_QUOTA, ERR_FILE, ERR_INPUT
   */
  add(owner: string, pair: MemoryPair, json: string): number {
    const units: MemoryUnit[] = JSON.parse(json)
    this.checkRoom(owner, units.length)
    const path = this.#pathOf(owner, pair)
    makeFolder(dirname(path))
    return this.#using(path, ({ memory }) => {
      for (const { source, target, ...details } of units) memory.add(source, target, details)
      return memory.size
    })
  }

  /**
   * The next part of an export as TMX, which this begins where the number is new; null at its end.
   * @throws GlassformerError ERR_NOT_FOUND, ERR_FILE, ERR_INPUT
   */
  exported(id: number, owner: string, pair: MemoryPair): string | null {
    const { parts } = this.#exports.get(id) ?? this.#beginExport(id, owner, pair)
    let text = ''
    for (let n = 0; n < AT_ONCE; n++) {
      const { done, value } = parts.next()
      if (done) break
      text += value
    }
    return text || null
  }

  /** Ends an export, whole or not. */
  endExport(id: number): void {
    const found = this.#exports.get(id)
    if (!found) return
    this.#exports.delete(id)
    found.open.uses--
    this.#closeUnused()
  }

  /** Removes the memory of a pair. @throws GlassformerError ERR_NOT_FOUND; ERR_BUSY while it is used; ERR_FILE */
  remove(owner: string, pair: MemoryPair): void {
    const path = this.#pathOf(owner, pair)
    const open = this.#open.get(path)
    if (!open && !existsSync(path)) throw noMemory(pair)
    if (open?.uses) throw new GlassformerError('ERR_BUSY', 'this memory is in use: ask again')
    open?.memory.close()
    this.#open.delete(path)
    removeFile(path)
  }

  #beginExport(id: number, owner: string, pair: MemoryPair): Export {
    const path = this.#pathOf(owner, pair)
    if (!this.#open.has(path) && !existsSync(path)) throw noMemory(pair)
    return this.#using(path, (open) => {
      open.uses++
      const begun = { open, parts: tmxOf(open.memory.units(), pair) }
      this.#exports.set(id, begun)
      return begun
    })
  }

  /** The result of work with a memory; undefined where there is none. */
  #within<T>(owner: string, pair: MemoryPair, work: (memory: TranslationMemory) => T): T | undefined {
    const path = this.#pathOf(owner, pair)
    if (!this.#open.has(path) && !existsSync(path)) return undefined
    return this.#using(path, ({ memory }) => work(memory))
  }

  #using<T>(path: string, work: (open: Open) => T): T {
    const open = this.#open.get(path) ?? { memory: TranslationMemory.open(path), uses: 0 }
    this.#open.delete(path)
    this.#open.set(path, open)
    open.uses++
    try {
      return work(open)
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

  #folderOf(owner: string): string {
    return memoryFolder(this.#folder, owner)
  }

  #pathOf(owner: string, pair: MemoryPair): string {
    return memoryPath(this.#folder, owner, pair)
  }
}
