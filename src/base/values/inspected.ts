import { kindOf } from './value-class.ts'

// A value in one line, about as Node.js shows it, in any engine. `util.inspect` does not replace this file: pages of
// browsers lack it, and it shows every property of an object, 100,000 of them in 0.1 s and 1.5 MB, for a message of which
// 160 characters are kept.

const MOST_CHARACTERS = 60
const MOST_ITEMS = 8
/** Levels of nested lists and objects that are shown. */
const DEPTH = 1

/**
 * A value of any kind in one line. The only getters that this function calls are those of errors. @throws what getters
 * and proxies throw
 */
export const inspected = (value: unknown): string => inDepth(value, 0)

function inDepth(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'bigint':
      return `${value}n`
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'function':
      return `[${/^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'Function'}${nameIn(value)}]`
    case 'object':
      return value === null ? 'null' : object(value, depth)
    default:
      return String(value)
  }
}

function quoted(text: string): string {
  const left = text.length - MOST_CHARACTERS
  const shown = text.slice(0, MOST_CHARACTERS)
  const quote = ["'", '"', '`'].find((each) => !shown.includes(each)) ?? "'"
  const written = JSON.stringify(shown).slice(1, -1).replaceAll('\\"', '"')
  const escaped = quote === "'" ? written.replaceAll("'", "\\'") : written
  return `${quote}${escaped}${quote}${left > 0 ? `... ${left} more character${left > 1 ? 's' : ''}` : ''}`
}

function nameIn(value: object): string {
  const name = Object.getOwnPropertyDescriptor(value, 'name')?.value
  return typeof name === 'string' && name !== '' ? `: ${name}` : ' (anonymous)'
}

/** The result of `call`, or undefined where it throws, as methods of a class do for values of another class. */
function attempt<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}

function object(value: object, depth: number): string {
  const kind = kindOf(value)
  if (kind === 'Error' || kind === 'DOMException') return `[${String(value)}]`
  const plain =
    attempt(() => RegExp.prototype.toString.call(kind === 'RegExp' ? value : null)) ??
    attempt(() => Date.prototype.toISOString.call(value))
  if (plain !== undefined) return plain
  const name = className(value)
  if (depth > DEPTH) return `[${name || 'Object: null prototype'}]`
  const inner = (each: unknown) => inDepth(each, depth + 1)
  if (Array.isArray(value)) return framed(name === 'Array' ? '' : `${name}(${value.length})`, '[]', items(value, inner))
  if (ArrayBuffer.isView(value) && 'length' in value)
    return framed(`${name}(${value.length})`, '[]', items(value as unknown as ArrayLike<unknown>, inner))
  const entries = attempt(() => [...Map.prototype.entries.call(value)])
  if (entries)
    return framed(
      `${name}(${entries.length})`,
      '{}',
      first(entries, ([key, each]) => `${inner(key)} => ${inner(each)}`),
    )
  const members = attempt(() => [...Set.prototype.values.call(value)])
  if (members) return framed(`${name}(${members.length})`, '{}', first(members, inner))
  return framed(name === 'Object' ? '' : name || '[Object: null prototype]', '{}', properties(value, inner))
}

/** The name of an object's class; '' for an object without a prototype. */
function className(value: object): string {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at)) {
    const made: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value
    if (typeof made === 'function' && made.name) return made.name
  }
  return ''
}

function framed(name: string, [open, close]: string, parts: readonly string[]): string {
  const before = name && `${name} `
  return parts.length ? `${before}${open} ${parts.join(', ')} ${close}` : `${before}${open}${close}`
}

function items(list: ArrayLike<unknown>, inner: (value: unknown) => string): string[] {
  return more(
    Array.from({ length: Math.min(list.length, MOST_ITEMS) }, (_, i) => inner(list[i])),
    list.length,
  )
}

const first = <T>(list: readonly T[], inner: (value: T) => string): string[] =>
  more(list.slice(0, MOST_ITEMS).map(inner), list.length)

function more(parts: string[], count: number): string[] {
  const left = count - parts.length
  return left > 0 ? [...parts, `... ${left} more item${left > 1 ? 's' : ''}`] : parts
}

/** The maximum number of properties shown, enough to fill a message. */
const MOST_PROPERTIES = 32

function properties(value: object, inner: (value: unknown) => string): string[] {
  return Object.keys(value)
    .slice(0, MOST_PROPERTIES)
    .map((key) => {
      const { get, set, value: own } = Object.getOwnPropertyDescriptor(value, key) ?? {}
      const shown = get ? (set ? '[Getter/Setter]' : '[Getter]') : set ? '[Setter]' : inner(own)
      return `${/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key) ? key : quoted(key)}: ${shown}`
    })
}
