import { GlassformerError } from '../../base/errors.ts'
import { fileParts } from '../../files/formats/disk/read-file.ts'
import { replaceFile } from '../../files/formats/disk/replace-file.ts'
import { ExactIndex } from './exact-index.ts'
import { MemoryFile, type MemoryUnit } from './memory-file.ts'
import { MemoryIndex } from './memory-index.ts'
import type { MemoryLanguages } from './tmx.ts'

/** A unit of a memory that is like a text, and how like it is. */
export interface MemoryMatch extends MemoryUnit {
  /**
   * 1 for the text itself; else 1 minus the edit distance in tokens over the tokens of the longer text, below 1 where
   * only letters' case or spaces differ.
   */
  score: number
}

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

  private constructor(path: string) {
    this.#file = new MemoryFile(path)
  }

  /**
   * Opens the file of a memory, or makes it. One process at a time may add to it.
   * @throws GlassformerError ERR_FILE; ERR_INPUT, with the line, for a file that is no memory
   */
  static open(path: string): TranslationMemory {
    const memory = new TranslationMemory(path)
    try {
      memory.#file.read(({ source }) => {
        memory.#learnExactly(source)
        memory.#index.append(source)
      })
      memory.#index.sort()
    } catch (error) {
      memory.close()
      throw error
    }
    return memory
  }

  /** The number of texts that have a translation. */
  get size(): number {
    return this.#index.size - this.#replaced.size
  }

  /** Adds a unit, which replaces an earlier one of the same text. @throws GlassformerError ERR_INPUT, ERR_FILE */
  add(source: string, target: string): void {
    const unit = { source: textIn(source, 'source'), target: textIn(target, 'target') }
    this.#file.add(unit)
    this.#learn(unit.source)
  }

  /** The translation of exactly this text; null where there is none. */
  find(source: string): MemoryUnit | null {
    const text = source.trim()
    const unit = this.#exact.find(text, (each) => this.#file.at(each).source === text)
    return unit < 0 ? null : this.#file.at(unit)
  }

  /**
   * The units that are like a text, best first: their edit distance in words and signs is at most 1 − `threshold` of
   * the longer text.
   */
  similar(source: string, { threshold = 0.75, most = 5 }: { threshold?: number; most?: number } = {}): MemoryMatch[] {
    const text = source.trim()
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
   * Adds the units of a TMX file, and returns their number.
   * @throws GlassformerError ERR_FILE, ERR_INPUT for a file that is no TMX
   */
  async importTmx(path: string, languages: MemoryLanguages): Promise<number> {
    const { TmxReader } = await import('./tmx.ts')
    let count = 0
    const reader = new TmxReader(languages, ({ source, target }) => {
      this.add(source, target)
      count++
    })
    let decoder: TextDecoder | null = null
    for (const part of fileParts(path)) {
      decoder ??= new TextDecoder(encodingOf(part))
      reader.write(decoder.decode(part, { stream: true }))
    }
    reader.write(decoder?.decode() ?? '')
    reader.end()
    return count
  }

  /** Writes all units to a TMX file. @throws GlassformerError ERR_FILE */
  async exportTmx(path: string, languages: MemoryLanguages): Promise<void> {
    const { tmxOf } = await import('./tmx.ts')
    const parts = tmxOf(this.units(), languages)
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

  #learn(source: string): void {
    this.#learnExactly(source)
    this.#index.add(source)
  }

  #learnExactly(source: string): void {
    const replaced = this.#exact.add(source, (each) => this.#file.at(each).source === source)
    if (replaced >= 0) this.#replaced.add(replaced)
  }
}

function textIn(value: unknown, what: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  throw new GlassformerError('ERR_INPUT', `the ${what} of a unit must be a text with words`)
}

/** TMX files are UTF-8 or UTF-16, which their first bytes tell. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}
