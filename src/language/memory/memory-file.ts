import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import { LONGEST_LINE } from '../../base/limits.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import type { MemoryUnit, UnitDetails } from './memory-unit.ts'

/** The first line of the file of a memory. */
const HEAD = '{"glassformer":"translation memory","version":1}\n'

/**
 * The units of a memory in a file to which units are appended: a line of JSON each. Only the place of each is held, so
 * that texts are in the file alone.
 */
export class MemoryFile {
  readonly path: string
  readonly #descriptor: number
  #size = 0
  #places = new Float64Array(1024)
  #count = 0

  constructor(path: string) {
    this.path = path
    try {
      this.#descriptor = openSync(path, 'a+', 0o600)
    } catch (cause) {
      throw fileError('open', path, cause)
    }
  }

  get count(): number {
    return this.#count
  }

  /**
   * Reads all units, in order. A last line that is cut short, as by a crash, is removed.
   * @throws GlassformerError ERR_INPUT, with the line, for a file that is no memory
   */
  read(take: (unit: MemoryUnit) => void): void {
    let rest = Buffer.alloc(0)
    let line = 0
    const part = Buffer.alloc(1 << 20)
    for (let at = 0; ; ) {
      const length = readSync(this.#descriptor, part, 0, part.length, at)
      if (length === 0) break
      at += length
      const bytes = Buffer.concat([rest, part.subarray(0, length)])
      let begin = 0
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, begin)) {
        const text = bytes.toString('utf8', begin, end)
        line++
        if (line > 1) {
          take(this.#unitIn(text, line))
          this.#push(this.#size)
        } else if (`${text}\n` !== HEAD) throw this.#fail(line, 'this is no translation memory of ours')
        this.#size += end + 1 - begin
        begin = end + 1
      }
      rest = bytes.subarray(begin)
      if (rest.length > LONGEST_LINE) throw this.#fail(line + 1, 'the line is too long')
    }
    if (line === 0 && rest.length && !HEAD.startsWith(rest.toString()))
      throw this.#fail(1, 'this is no translation memory of ours')
    ftruncateSync(this.#descriptor, this.#size)
    if (line === 0) this.#append(HEAD)
  }

  /** A unit. */
  at(index: number): MemoryUnit {
    const begin = this.#places[index]
    const end = index + 1 < this.#count ? this.#places[index + 1] : this.#size
    const bytes = Buffer.alloc(end - begin)
    readSync(this.#descriptor, bytes, 0, bytes.length, begin)
    return this.#unitIn(bytes.toString(), index + 2)
  }

  /**
   * Adds a unit, which is in the file when this returns. Details that do not fit in a line are left out.
   * @throws GlassformerError ERR_INPUT for texts that do not, ERR_FILE
   */
  add({ source, target, ...details }: MemoryUnit): void {
    const fits = (line: string) => Buffer.byteLength(line) < LONGEST_LINE
    const { isBeside } = details
    const forms = [details, isBeside ? { isBeside } : {}].map(
      (each) => `${JSON.stringify(Object.keys(each).length ? [source, target, each] : [source, target])}\n`,
    )
    const line = forms.find(fits)
    if (line === undefined)
      throw new GlassformerError(
        'ERR_INPUT',
        `a unit of a memory may have ${LONGEST_LINE} bytes: cut it into sentences`,
      )
    const place = this.#size
    this.#append(line)
    this.#push(place)
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #append(text: string): void {
    const bytes = Buffer.from(text)
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done)
    } catch (cause) {
      throw fileError('write', this.path, cause)
    }
    this.#size += bytes.length
  }

  #push(place: number): void {
    if (this.#count === this.#places.length) {
      const larger = new Float64Array(2 * this.#count)
      larger.set(this.#places)
      this.#places = larger
    }
    this.#places[this.#count++] = place
  }

  #unitIn(line: string, number: number): MemoryUnit {
    try {
      const [source, target, details] = JSON.parse(line)
      if (typeof source === 'string' && typeof target === 'string')
        return { source, target, ...(Object(details) as UnitDetails) }
    } catch {}
    throw this.#fail(number, 'this is no unit: ["source", "target"]')
  }

  #fail(line: number, what: string): GlassformerError {
    return new GlassformerError('ERR_INPUT', `${this.path}, line ${line}: ${what}`)
  }
}
