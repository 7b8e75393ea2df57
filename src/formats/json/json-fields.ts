import { didYouMean, nearest } from '../../base/did-you-mean.ts'
import { type ErrorCode, GlassformerError, shownJson } from '../../base/errors.ts'
import { isJsonObject, type JsonObject } from './json-text.ts'

/**
 * Reads the fields of a JSON object written by Hugging Face, by type; our own files have schemas. A field of a wrong
 * type is an error with file, field, value and the expected type. A field that is absent (or null) has the value
 * `byDefault`; without a default it is an error too.
 */
export class JsonFields {
  readonly where: string
  readonly #object: JsonObject
  readonly #code: ErrorCode
  readonly #path: string
  readonly #read = new Set<string>()

  /**
   * `code` is the code of all errors; `path` is the place of the object in its file ('encoder.'; '' at the top level).
   */
  constructor(object: JsonObject, where: string, code: ErrorCode = 'ERR_MODEL_FORMAT', path = '') {
    this.#object = object
    this.where = where
    this.#code = code
    this.#path = path
  }

  fail(name: string, what: string): never {
    const value = this.#object[name]
    throw new GlassformerError(
      this.#code,
      value === undefined
        ? `${this.where}: ${this.#path}${name} is missing; it must be ${what}${this.#misspelled(name)}`
        : `${this.where}: ${this.#path}${name} must be ${what}, not ${shownJson(value)}`,
    )
  }

  /** A hint: an unread key may be a misspelling of the missing key. */
  #misspelled(name: string): string {
    const unread = Object.keys(this.#object).filter((key) => !this.#read.has(key))
    const [near] = nearest(name, unread)
    return near === undefined ? '' : `; there is '${near}'${didYouMean(near, [name])}`
  }

  has(name: string): boolean {
    return this.value(name) !== undefined
  }

  /** The value unchanged, with undefined for null. */
  value(name: string): unknown {
    this.#read.add(name)
    return this.#object[name] ?? undefined
  }

  positiveInteger(name: string, byDefault?: number): number {
    const value = this.value(name) ?? byDefault
    if (!Number.isSafeInteger(value) || (value as number) < 1) this.fail(name, 'a positive integer')
    return value as number
  }

  natural(name: string, byDefault?: number): number {
    const value = this.value(name) ?? byDefault
    if (!Number.isSafeInteger(value) || (value as number) < 0) this.fail(name, 'an integer of at least 0')
    return value as number
  }

  id(name: string): number | null {
    return this.has(name) ? this.natural(name) : null
  }

  number(name: string, byDefault?: number): number {
    const value = this.value(name) ?? byDefault
    if (typeof value !== 'number' || !Number.isFinite(value)) this.fail(name, 'a finite number')
    return value as number
  }

  flag(name: string, byDefault?: boolean): boolean {
    const value = this.value(name) ?? byDefault
    if (typeof value !== 'boolean') this.fail(name, 'true or false')
    return value as boolean
  }

  text(name: string, byDefault?: string): string {
    const value = this.value(name) ?? byDefault
    if (typeof value !== 'string') this.fail(name, 'a text')
    return value as string
  }

  /** The fields of a nested object; where the object is absent and `optional`, the fields of an empty object. */
  object(name: string, optional: boolean): JsonFields {
    const value = this.value(name) ?? (optional ? {} : undefined)
    if (!isJsonObject(value)) this.fail(name, 'an object')
    return new JsonFields(value as JsonObject, this.where, this.#code, `${this.#path}${name}.`)
  }
}
