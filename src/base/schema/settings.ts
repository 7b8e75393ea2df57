import { reading } from '../reading.ts'
import type { Place } from './place.ts'
import type { Type } from './types.ts'

/** Everything about one setting: reader, messages, TypeScript's type, flag, help and docs come from it. */
export interface Setting<T = unknown> {
  readonly type: Type<T>
  /**
   * The value where the setting is left out. With null the value follows from other settings, or is nothing, and null may be given too. A
   * function makes the value from those of the settings before this one. A setting without a default has to be given, unless it is
   * `optional`.
   */
  readonly default?: T | null | ((before: never) => T)
  /** Whether the setting may be left out; its value is then undefined. */
  readonly optional?: true
  /** One line of plain words that says what the setting is, in its unit. */
  readonly says: string
  /** The words of help and docs for a default that is no constant: 'a tenth of the steps, at most 500'. */
  readonly otherwise?: string
  /** The flag of a command: '-b, --beams <n>'. */
  readonly flag?: string
  /** What a flag says that turns the setting off, '--no-metrics': `says` would be its opposite. */
  readonly off?: string
}

export type Schema = Readonly<Record<string, Setting>>

type ValueOf<S> = S extends { readonly type: Type<infer T> }
  ? T | (S extends { readonly default: null } ? null : never)
  : never
type IfOptional<Setting, Yes, No> = Setting extends { optional: true } ? Yes : No

/** The result of reading a schema: every value; values of optional settings may be missing. */
export type Values<S extends Schema> = {
  -readonly [K in keyof S as IfOptional<S[K], never, K>]: ValueOf<S[K]>
} & {
  -readonly [K in keyof S as IfOptional<S[K], K, never>]?: ValueOf<S[K]>
}

/** What a caller may give: any of the settings. */
export type Given<S extends Schema> = { readonly [K in keyof S]?: ValueOf<S[K]> }

/** Declares the settings of one thing; TypeScript knows their values from it. */
export const settings = <const S extends Schema>(schema: S): S => schema

/** Some settings of a schema, in this order. */
export const some = <S extends Schema, K extends keyof S>(schema: S, ...names: readonly K[]): Pick<S, K> =>
  Object.fromEntries(names.map((name) => [name, schema[name]])) as Pick<S, K>

/** The defaults of a schema. */
export const defaultsOf = <S extends Schema>(schema: S): Partial<Values<S>> =>
  Object.fromEntries(
    Object.entries(schema).flatMap(([name, { default: value }]) =>
      value === undefined || typeof value === 'function' ? [] : [[name, value]],
    ),
  ) as Partial<Values<S>>

const copiedList = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value) : value)

/**
 * Copies a list, and the lists in a list, but no deeper: the caller may change its list while the copy is in use, and a list may contain
 * itself.
 */
const copied = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value, copiedList) : value)

/**
 * The values of `given`, each checked, completed by `defaults` (by default those of the schema; with {} only `optional` settings may be
 * left out).
 * @throws GlassformerError in the words of `place`, where `given` is no object, has an unknown name, or has a value of a wrong type
 */
export function read<S extends Schema>(
  schema: S,
  given: unknown,
  place: Place,
  defaults?: Partial<Values<S>>,
): Values<S> {
  return reading('the settings', () => valuesOf(schema, given, place, defaults))
}

function valuesOf<S extends Schema>(schema: S, given: unknown, place: Place, defaults?: Partial<Values<S>>): Values<S> {
  const object = place.object(given)
  const names = Object.keys(schema)
  for (const name in object) if (!Object.hasOwn(schema, name)) place.unknown(name, names)
  const values: Record<string, unknown> = {}
  for (const name of names) {
    const setting = schema[name]
    const others = defaults as Record<string, unknown> | undefined
    const isAbsent = place.isAbsent(object[name])
    if (setting.type.read) {
      if (isAbsent && setting.optional) continue
      values[name] = setting.type.read(object[name], place.within(name), others && ((others[name] ?? {}) as object))
      continue
    }
    const value = isAbsent ? (others ? others[name] : defaultOf(setting, values)) : copied(object[name])
    if (value === undefined && setting.optional) continue
    if (value !== null || setting.default !== null) check(name, setting, value, object[name], place)
    values[name] = value
  }
  return values as Values<S>
}

const defaultOf = ({ default: value }: Setting, before: object): unknown =>
  typeof value === 'function' ? (value as (before: object) => unknown)(before) : value

function check(
  name: string,
  { type, default: byDefault }: Setting,
  value: unknown,
  given: unknown,
  place: Place,
): void {
  const refusing = type.within && !type.within.accepts(value) ? type.within : type
  if (refusing.accepts(value)) return
  const orNull = byDefault === null && !place.isAbsent(null) ? ', or null' : ''
  place.fail(name, refusing.expected + orNull, given, type.choices)
}
