import { type ErrorCode, GlassformerError } from '../../base/errors.ts'
import { DEEPEST_JSON, MOST_JSON_VALUES } from '../../base/limits.ts'
import { lastOf } from '../../base/present.ts'
import { whole } from '../../base/values/number-text.ts'

/** A JSON object as `parseJson` makes it: without a prototype, so that no key is special. */
export type JsonObject = Record<string, unknown>

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/**
 * Reads JSON as JSON.parse does, and reports the position of every fault. A key that occurs twice in one object is a
 * fault, where JSON.parse silently keeps the last value: a file that says two things is damaged. A text of too many
 * values is a fault too, found before the values exhaust memory. `fail` receives the fault and its position (an index
 * into `text`), and throws.
 */
export function parseJson(text: string, fail: (what: string, position: number) => never): unknown {
  checkSize(text, fail)
  return parsedAtOnce(text) ?? new JsonReader(text, fail).read()
}

/** The length of a text whose values need no count: any such text takes little memory. */
const SMALL = 1 << 18

/**
 * Counts the values and levels of a large text without creating them. The reader reports where the text is not JSON.
 */
export function checkSize(text: string, fail: (what: string, position: number) => never): void {
  if (text.length <= SMALL) return
  let values = 1
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COMMA || code === COLON) values++
    else if (code === BRACKET || code === BRACE) {
      values++
      if (++depth > DEEPEST_JSON) fail(`nested deeper than ${DEEPEST_JSON} levels`, at)
    } else if (code === BRACKET_END || code === BRACE_END) depth--
    if (values > MOST_JSON_VALUES) fail(`more than ${whole(MOST_JSON_VALUES)} values`, at)
  }
}

const [QUOTE, COMMA, COLON] = [34, 44, 58]
const [BRACKET, BRACKET_END, BRACE, BRACE_END, BACKSLASH] = [91, 93, 123, 125, 92]

/** The index of the closing quote of the string that begins at `start`; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end // the first of the backslashes before the quote: after an odd number the quote is a character
    while (text.charCodeAt(first - 1) === BACKSLASH) first--
    if ((end - first) % 2 === 0) return end
  }
  return text.length
}

/** Reads a text by JSON.parse, which is many times as fast; undefined where there is a fault, or may be one. */
function parsedAtOnce(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  // A colon after a string follows a key, unless the colon is in a string itself. The file has at least as many such
  // colons as keys.
  const colons = text.match(/"\s*:/g)?.length ?? 0
  return countKeys(value, 0) === colons ? value : undefined
}

/** Counts the keys of all objects, and removes their prototypes; NaN where objects are nested too deep. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth === DEEPEST_JSON) return Number.NaN
  const inside = Array.isArray(value) ? value : Object.values(Object.setPrototypeOf(value, null))
  let count = inside === value ? 0 : inside.length
  for (const each of inside) if (typeof each === 'object') count += countKeys(each, depth + 1)
  return count
}

/** Reads JSON character by character, for texts that JSON.parse refuses or would silently accept. */
class JsonReader {
  readonly #text: string
  readonly #fail: (what: string, position: number) => never
  #at = 0
  #depth = 0

  constructor(text: string, fail: (what: string, position: number) => never) {
    this.#text = text
    this.#fail = fail
  }

  /** The value of the whole text. */
  read(): unknown {
    const value = this.#readValue()
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail(`nothing more was expected, not ${this.#found()}`, this.#at)
    return value
  }

  #readValue(): unknown {
    this.#skipSpace()
    const first = this.#text[this.#at]
    if (first === '{') return this.#readNested(() => this.#readObject())
    if (first === '[') return this.#readNested(() => this.#readArray())
    if (first === '"') return this.#readString()
    return this.#readNumber() ?? this.#readWord()
  }

  #readNested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST_JSON) this.#fail(`nested deeper than ${DEEPEST_JSON} levels`, this.#at)
    const value = read()
    this.#depth--
    return value
  }

  #readObject(): JsonObject {
    const object: JsonObject = Object.create(null)
    this.#at++
    this.#skipSpace()
    if (this.#take('}')) return object
    for (;;) {
      this.#skipSpace()
      const start = this.#at
      if (this.#text[start] !== '"') this.#fail(`a key in double quotes was expected, not ${this.#found()}`, start)
      const key = this.#readString()
      if (key in object) this.#fail(`the key ${JSON.stringify(key)} stands twice`, start)
      this.#skipSpace()
      this.#expect(':')
      object[key] = this.#readValue()
      this.#skipSpace()
      if (this.#take('}')) return object
      this.#expect(',')
    }
  }

  #readArray(): unknown[] {
    const array: unknown[] = []
    this.#at++
    this.#skipSpace()
    if (this.#take(']')) return array
    for (;;) {
      array.push(this.#readValue())
      this.#skipSpace()
      if (this.#take(']')) return array
      this.#expect(',')
    }
  }

  #readString(): string {
    const start = this.#at++
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === 34) break
      if (Number.isNaN(code)) this.#fail('a string has no end', start)
      if (code < 32) this.#fail('a string holds a control character', this.#at)
      if (code === 92) this.#at++
    }
    this.#at++
    try {
      return JSON.parse(this.#text.slice(start, this.#at))
    } catch {
      return this.#fail('a string holds an escape that JSON does not know', start)
    }
  }

  /** Reads a number; undefined where there is none. */
  #readNumber(): number | undefined {
    NUMBER.lastIndex = this.#at
    const [digits] = NUMBER.exec(this.#text) ?? []
    if (digits === undefined) return undefined
    this.#at += digits.length
    return Number(digits)
  }

  #readWord(): boolean | null {
    for (const [word, value] of words)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    return this.#fail(`a value was expected, not ${this.#found()}`, this.#at)
  }

  #skipSpace(): void {
    while (SPACES.includes(this.#text.charCodeAt(this.#at))) this.#at++
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#fail(`${JSON.stringify(character)} was expected, not ${this.#found()}`, this.#at)
  }

  #found(): string {
    const code = this.#text.codePointAt(this.#at)
    return code === undefined ? 'the end' : JSON.stringify(String.fromCodePoint(code))
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** The codes of JSON's white space: space, line feed, carriage return, tab. */
const SPACES: readonly number[] = [32, 10, 13, 9]

/** The position of an index into a text, in words. */
export function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n')
  return `line ${before.length}, column ${lastOf(before).length + 1} (offset ${position})`
}

/**
 * The JSON object in the text of a file. @throws GlassformerError `code` with line, column and offset where the text is
 * not an object
 */
export function jsonObjectIn(text: string, path: string, code: ErrorCode): JsonObject {
  const value = parseJson(text, (what, position) => {
    throw new GlassformerError(code, `${path}: not valid JSON at ${placeOf(text, position)}: ${what}`)
  })
  if (!isJsonObject(value)) throw new GlassformerError(code, `${path}: a JSON object was expected`)
  return value
}
