import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'

/** The maximum nesting of components, which protects the stack. */
const LONGEST_PATH = 1000

/** One component of a tokenizer.json, read field by field: errors name the file, the component and the field. */
export class Spec {
  readonly where: string
  readonly #json: JsonObject
  readonly #path: string

  /** `path` is the component's place in the file, 'normalizer' for instance. */
  constructor(json: unknown, where: string, path: string) {
    this.where = where
    this.#path = path
    if (path.length > LONGEST_PATH) throw this.damaged('it is nested too deeply')
    if (!isJsonObject(json)) throw this.damaged(`it must be an object, not ${shownJson(json)}`)
    this.#json = json
  }

  /** The name of the component's kind, 'Metaspace' for instance. */
  get type(): string {
    return this.text('type')
  }

  value(name: string): unknown {
    return this.#json[name] ?? undefined
  }

  text(name: string, byDefault?: string): string {
    const value = this.value(name) ?? byDefault
    if (typeof value !== 'string') throw this.wrong(name, 'a text')
    return value
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.value(name) ?? byDefault
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false')
    return value
  }

  natural(name: string, byDefault?: number): number {
    const value = this.value(name) ?? byDefault
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw this.wrong(name, 'an integer of at least 0')
    return value as number
  }

  list(name: string): unknown[] {
    const value = this.value(name)
    if (!Array.isArray(value)) throw this.wrong(name, 'a list')
    return value
  }

  object(name: string): JsonObject {
    const value = this.value(name)
    if (!isJsonObject(value)) throw this.wrong(name, 'an object')
    return value
  }

  /** The components in a list. */
  parts(name: string): Spec[] {
    return this.list(name).map((part, i) => new Spec(part, this.where, `${this.#within(name)}[${i}]`))
  }

  /** The components within, where there is one. */
  part(name: string): Spec | null {
    const value = this.value(name)
    return value === undefined ? null : new Spec(value, this.where, this.#within(name))
  }

  /** A global pattern for `{ "String": … }` or `{ "Regex": … }`. */
  pattern(name: string): RegExp {
    const { String: plain, Regex: expression } = this.object(name)
    if (typeof plain === 'string' && plain !== '')
      return new RegExp(plain.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'gu')
    if (typeof expression !== 'string') throw this.wrong(name, '{ "String": … } or { "Regex": … }')
    try {
      // White space is Unicode's in the tokenizers library: it includes U+0085, and excludes the byte order mark.
      return new RegExp(expression.replace(/\\s/g, '\\p{White_Space}').replace(/\\S/g, '\\P{White_Space}'), 'gu')
    } catch {
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${this.where}: ${this.#path}.${name}: JavaScript has no regular expression like ${shownJson(expression)}`,
      )
    }
  }

  #within(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }

  wrong(name: string, what: string): GlassformerError {
    return this.damaged(`${name} must be ${what}, not ${shownJson(this.value(name))}`)
  }

  damaged(what: string): GlassformerError {
    const path = this.#path === '' ? '' : `${this.#path}: `
    return new GlassformerError('ERR_TOKENIZER_FORMAT', `${this.where}: ${path}${what}`)
  }

  /** An unsupported kind of component. */
  unsupported(known: readonly string[]): GlassformerError {
    return new GlassformerError(
      'ERR_UNSUPPORTED',
      `${this.where}: ${this.#path} of the type '${this.type}' is not supported; these are: ${known.join(', ')}`,
    )
  }
}
