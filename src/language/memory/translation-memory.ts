import { GlassformerError, shown } from '../../base/errors.ts'
import { checkPath } from '../../base/path-of.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings } from '../../base/schema/settings.ts'
import { integer, numberFrom, text as textType } from '../../base/schema/types.ts'
import { fileParts } from '../../formats/disk/read-file.ts'
import { replaceFile } from '../../formats/disk/replace-file.ts'
import { MemoryFile } from './memory-file.ts'
import { MemoryIndex } from './memory-index.ts'
import type { MemoryUnit, UnitDetails } from './memory-unit.ts'
import { Numbers } from './numbers.ts'
import type { MemoryLanguages } from './tmx.ts'

/** The newest unit of each text, by the text's hash: about 12 bytes for each unit, whatever its length. */
class ExactIndex {
  readonly #hashes = new Numbers()
  /** Units plus 1, with open addressing; 0: free. */
  #table = new Uint32Array(1 << 12)
  #used = 0

  /** Adds the next unit. `isOf` tells whether an earlier unit has the same text; that unit is returned, or -1. */
  add(text: string, isOf: (unit: number) => boolean): number {
    const unit = this.#hashes.length
    const hash = hashOf(text)
    this.#hashes.push(hash)
    if (2 * this.#used >= this.#table.length) this.#grow()
    const place = this.#place(hash, isOf)
    const before = this.#table[place]
    if (before === 0) this.#used++
    this.#table[place] = unit + 1
    return before - 1
  }

  /** The unit of a text; -1 where there is none. */
  find(text: string, isOf: (unit: number) => boolean): number {
    return this.#table[this.#place(hashOf(text), isOf)] - 1
  }

  /** The place of the unit of a text, or the free one where it would be. */
  #place(hash: number, isOf: (unit: number) => boolean): number {
    const mask = this.#table.length - 1
    let place = hash & mask
    for (; this.#table[place] !== 0; place = (place + 1) & mask) {
      const unit = this.#table[place] - 1
      if (this.#hashes.at(unit) === hash && isOf(unit)) return place
    }
    return place
  }

  #grow(): void {
    const old = this.#table
    this.#table = new Uint32Array(2 * old.length)
    const mask = this.#table.length - 1
    for (const entry of old) {
      if (entry === 0) continue
      let place = this.#hashes.at(entry - 1) & mask
      while (this.#table[place] !== 0) place = (place + 1) & mask
      this.#table[place] = entry
    }
  }
}

/** FNV-1a of the UTF-16 units of a text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** A unit of a memory that is like a text, and how like it is. */
export interface MemoryMatch extends MemoryUnit {
  /**
   * 1 for the text itself; else 1 minus the edit distance in tokens over the tokens of the longer text, below 1 where
   * only letters' case or spaces differ.
   */
  score: number
  /** The beginning of the translation that was taken from this unit; only with the option `memoryUse: 'begin'`. */
  begun?: string
}

const similarSettings = settings({
  threshold: { type: numberFrom(0, 1), default: 0.75, says: 'the lowest score of a unit' },
  most: { type: integer(1), default: 5, says: 'the most units that are returned' },
})

/** Options of `TranslationMemory.similar`. */
export type SimilarOptions = Given<typeof similarSettings>

const languageSettings = settings({
  source: { type: textType, says: 'the language of the texts' },
  target: { type: textType, says: 'the language of their translations' },
})

/** The score of a text that differs from a unit in case or white space alone. */
const ALMOST = 0.99

/**
 * A memory of translations that people have made or approved: pairs of texts in a file, to which pairs are added. The
 * texts stay in the file; memory holds an index, about 120 bytes for each unit of ten words.
 */
export class TranslationMemory {
  readonly #file: MemoryFile
  readonly #exact = new ExactIndex()
  readonly #index = new MemoryIndex()
  /** Units that a later unit of the same text replaces. */
  readonly #replaced = new Set<number>()
  /** Earlier units of a text that stand beside its newest unit, by that unit. */
  readonly #beside = new Map<number, number[]>()

  private constructor(path: string) {
    this.#file = new MemoryFile(path)
  }

  /**
   * Opens the file of a memory, or makes it. One process at a time may add to it.
   * @throws GlassformerError ERR_OPTION, ERR_FILE; ERR_INPUT, with the line, for a file that is no memory
   */
  static open(path: string): TranslationMemory {
    checkPath('the file of a memory', path)
    const memory = new TranslationMemory(path)
    try {
      memory.#file.read((unit) => {
        memory.#learnExactly(unit)
        memory.#index.append(unit.source)
      })
      memory.#index.sort()
    } catch (error) {
      memory.close()
      throw error
    }
    return memory
  }

  /** The number of units: texts with a translation, some of which have several. */
  get size(): number {
    return this.#index.size - this.#replaced.size
  }

  /**
   * Adds a unit, which replaces earlier ones of the same text, or with `isBeside` stands beside those with other translations.
   * @throws GlassformerError ERR_INPUT, ERR_FILE
   */
  add(source: string, target: string, { isBeside, ...details }: UnitDetails = {}): void {
    const own = { source: textIn(source, 'source'), target: textIn(target, 'target') }
    const unit = { ...own, ...details, ...(isBeside && this.find(own.source) && { isBeside }) }
    this.#file.add(unit)
    this.#learnExactly(unit)
    this.#index.add(unit.source)
  }

  /** The newest translation of exactly this text; null where there is none. @throws GlassformerError ERR_INPUT */
  find(source: string): MemoryUnit | null {
    const text = asked(source)
    const unit = this.#exact.find(text, (each) => this.#file.at(each).source === text)
    return unit < 0 ? null : this.#file.at(unit)
  }

  /**
   * The units that are like a text, best first: their edit distance in words and signs is at most 1 − `threshold` of
   * the longer text.
   * @throws GlassformerError ERR_INPUT, ERR_OPTION
   */
  similar(source: string, options: SimilarOptions = {}): MemoryMatch[] {
    const { threshold, most } = read(similarSettings, options, inOptions)
    const text = asked(source)
    const found = this.#index.resembling(text, threshold, most, (unit) => this.#replaced.has(unit))
    return found.map(({ unit, score }) => {
      const match = this.#file.at(unit)
      return { ...match, score: match.source === text ? 1 : Math.min(score, ALMOST) }
    })
  }

  /** All units, in their order. */
  *units(): Generator<MemoryUnit, void, undefined> {
    for (let unit = 0; unit < this.#file.count; unit++) if (!this.#replaced.has(unit)) yield this.#file.at(unit)
  }

  /**
   * Adds the units of a TMX file with what it says of them, and returns their number. A text may have several translations.
   * @throws GlassformerError ERR_OPTION; ERR_FILE, ERR_INPUT for a file that is no TMX
   */
  async importTmx(path: string, languages: MemoryLanguages): Promise<number> {
    checkPath('the TMX file', path)
    const own = read(languageSettings, languages, inOptions)
    let count = 0
    await readTmx(fileParts(path), own, ({ source, target, ...details }) => {
      this.add(source, target, { ...details, isBeside: true })
      count++
    })
    return count
  }

  /** Writes all units to a TMX file. @throws GlassformerError ERR_OPTION, ERR_FILE */
  async exportTmx(path: string, languages: MemoryLanguages): Promise<void> {
    checkPath('the TMX file', path)
    const own = read(languageSettings, languages, inOptions)
    const parts = await tmxParts(this, own)
    replaceFile(
      path,
      (function* () {
        for (const part of parts) yield Buffer.from(part)
      })(),
    )
  }

  close(): void {
    this.#file.close()
  }

  #learnExactly({ source, target, isBeside }: MemoryUnit): void {
    const unit = this.#index.size
    const before = this.#exact.add(source, (each) => this.#file.at(each).source === source)
    if (before < 0) return
    const others = [...(this.#beside.get(before) ?? []), before]
    this.#beside.delete(before)
    const stay = isBeside ? others.filter((each) => this.#file.at(each).target !== target).slice(-MOST_BESIDE) : []
    for (const each of others) if (!stay.includes(each)) this.#replaced.add(each)
    if (stay.length) this.#beside.set(unit, stay)
  }
}

/** The most translations of a text beside its newest one. */
const MOST_BESIDE = 32

async function readTmx(
  parts: Iterable<Uint8Array>,
  languages: MemoryLanguages,
  take: (unit: MemoryUnit) => void,
): Promise<void> {
  const { TmxReader, tmxDecoder } = await import('./tmx.ts')
  const reader = new TmxReader(languages, take)
  const decode = tmxDecoder()
  for (const part of parts) reader.write(decode(part))
  reader.write(decode())
  reader.end()
}

/** TMX of a memory, part by part. */
async function tmxParts(memory: TranslationMemory, languages: MemoryLanguages): Promise<Generator<string>> {
  const { tmxOf } = await import('./tmx.ts')
  return tmxOf(memory.units(), languages)
}

function asked(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  throw new GlassformerError('ERR_INPUT', `a memory is asked for a text, not ${shown(value)}`)
}

function textIn(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  throw new GlassformerError('ERR_INPUT', `the ${what} of a unit must be a text with words`)
}
