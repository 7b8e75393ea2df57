import { type ErrorCode, GlassformerError } from '../errors.ts'
import { readBytes, readText } from './read-file.ts'

/** A JSON object as `parseJson` makes it: without a prototype, so that no key is special. */
export type JsonObject = Record<string, unknown>

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const DEEPEST = 100

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/**
 * JSON as JSON.parse reads it, but with the position of every fault, and with a key that stands twice in one object counted
 * as a fault: JSON.parse keeps the last silently, and a file that says two things is damaged. `fail` is told what is wrong
 * and where (an index into `text`), and throws.
 */
export function parseJson(text: string, fail: (what: string, position: number) => never): unknown {
  return parsedAtOnce(text) ?? parsedWithPositions(text, fail)
}

/** By JSON.parse, many times as fast; nothing where there is a fault, or may be one. */
function parsedAtOnce(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  // A colon behind a text is behind a key, unless it stands in a text itself: so there are no fewer than keys in the file.
  const colons = text.match(/"\s*:/g)?.length ?? 0
  return countKeys(value, 0) === colons ? value : undefined
}

/** The keys of all objects, whose prototypes it takes; not a number where they are nested too deep. */
function countKeys(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth === DEEPEST) return Number.NaN
  const inside = Array.isArray(value) ? value : Object.values(Object.setPrototypeOf(value, null))
  let count = inside === value ? 0 : inside.length
  for (const each of inside) if (typeof each === 'object') count += countKeys(each, depth + 1)
  return count
}

function parsedWithPositions(text: string, fail: (what: string, position: number) => never): unknown {
  let at = 0
  let depth = 0
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
  // Headers of thousands of tensors are read once, before the compiler has seen this: one search for each string, no loop.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them
  const plainString = /"[^"\\\u0000-\u001f]*"/y

  const found = () => (at < text.length ? JSON.stringify(String.fromCodePoint(text.codePointAt(at)!)) : 'the end')
  const skipSpace = () => {
    for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9; )
      code = text.charCodeAt(++at)
  }
  const take = (character: string) => {
    if (text[at] !== character) return false
    at++
    return true
  }
  const expect = (character: string) => {
    if (!take(character)) fail(`${JSON.stringify(character)} was expected, not ${found()}`, at)
  }

  function readValue(): unknown {
    skipSpace()
    const first = text[at]
    if (first === '{') return readNested(readObject)
    if (first === '[') return readNested(readArray)
    if (first === '"') return readString()
    number.lastIndex = at
    if (number.test(text)) {
      const digits = text.slice(at, number.lastIndex)
      at = number.lastIndex
      return Number(digits)
    }
    for (const [word, value] of words)
      if (text.startsWith(word, at)) {
        at += word.length
        return value
      }
    return fail(`a value was expected, not ${found()}`, at)
  }

  function readNested<T>(read: () => T): T {
    if (++depth > DEEPEST) fail(`nested deeper than ${DEEPEST} levels`, at)
    const value = read()
    depth--
    return value
  }

  function readObject(): JsonObject {
    const object: JsonObject = Object.create(null)
    at++
    skipSpace()
    if (take('}')) return object
    for (;;) {
      skipSpace()
      const start = at
      if (text[at] !== '"') fail(`a key in double quotes was expected, not ${found()}`, at)
      const key = readString()
      if (key in object) fail(`the key ${JSON.stringify(key)} stands twice`, start)
      skipSpace()
      expect(':')
      object[key] = readValue()
      skipSpace()
      if (take('}')) return object
      expect(',')
    }
  }

  function readArray(): unknown[] {
    const array: unknown[] = []
    at++
    skipSpace()
    if (take(']')) return array
    for (;;) {
      array.push(readValue())
      skipSpace()
      if (take(']')) return array
      expect(',')
    }
  }

  function readString(): string {
    plainString.lastIndex = at
    if (plainString.test(text)) {
      const inner = text.slice(at + 1, plainString.lastIndex - 1)
      at = plainString.lastIndex
      return inner
    }
    const start = at++
    for (; ; at++) {
      const code = text.charCodeAt(at)
      if (code === 34) break
      if (Number.isNaN(code)) fail('a string has no end', start)
      if (code < 32) fail('a string holds a control character', at)
      if (code === 92) at++
    }
    at++
    try {
      return JSON.parse(text.slice(start, at))
    } catch {
      return fail('a string holds an escape that JSON does not know', start)
    }
  }

  const value = readValue()
  skipSpace()
  if (at < text.length) fail(`nothing more was expected, not ${found()}`, at)
  return value
}

/** Where an index into a text is, in words. */
export function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n')
  return `line ${before.length}, column ${before.at(-1)!.length + 1} (offset ${position})`
}

/** The object in a JSON file; `code` with line, column and offset where it is not one. */
export function readJsonObject(path: string, code: ErrorCode = 'ERR_MODEL_FORMAT', read = readBytes): JsonObject {
  const text = readText(path, code, read)
  const value = parseJson(text, (what, position) => {
    throw new GlassformerError(code, `${path}: not valid JSON at ${placeOf(text, position)}: ${what}`)
  })
  if (!isJsonObject(value)) throw new GlassformerError(code, `${path}: a JSON object was expected`)
  return value
}
