import { reading } from '../reading.ts'
import type { Place } from './place.ts'
import type { Type } from './types.ts'

/** One setting: its reader, messages, TypeScript type, flag, help and docs are derived from this object. */
export interface Setting<T = unknown> {
  readonly type: Type<T>
  /**
   * The value where the setting is left out. Null means that the value follows from other settings, or that there is
   * none; callers may then pass null too. A function computes the value from the settings before this one. A setting
   * without a default is required, unless it is `optional`.
   */
  readonly default?: T | null | ((before: never) => T)
  /** Whether the setting may be left out; its value is then undefined. */
  readonly optional?: true
  /** Description of the setting and its unit, in one line of plain words. */
  readonly says: string
  /** Description of a default that is not a constant, for help and docs: 'a tenth of the steps, at most 500'. */
  readonly otherwise?: string
  /** The command-line flag: '-b, --beams <n>'. */
  readonly flag?: string
  /** Description of a flag that turns the setting off, '--no-metrics', because `says` would describe the opposite. */
  readonly off?: string
}

export type Schema = Readonly<Record<string, Setting>>

type ValueOf<S> = S extends { readonly type: Type<infer T> }
  ? T | (S extends { readonly default: null } ? null : never)
  : never
type OptionalNames<S extends Schema> = { [K in keyof S]: S[K] extends { optional: true } ? K : never }[keyof S]
/** The values of some settings. The names are a parameter of their own: so each property keeps the comment of its setting. */
type ValuesOf<S extends Schema, Names extends keyof S> = { -readonly [K in Names]: ValueOf<S[K]> }

/** The result of reading a schema: all values; those of optional settings may be undefined. */
export type Values<S extends Schema> = ValuesOf<S, Exclude<keyof S, OptionalNames<S>>> &
  Partial<ValuesOf<S, OptionalNames<S>>>

/** The argument that a caller may pass: any of the settings. Interfaces of options extend this type. */
export type Given<S extends Schema> = Partial<ValuesOf<S, keyof S>>

/** Declares a schema and keeps the exact types of its settings. */
export const settings = <const S extends Schema>(schema: S): S => schema

/** A schema with only the named settings, in this order. */
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
 * Copies a list and the lists directly in it: the caller may change its list while the copy is in use. A full copy
 * would not end where a list contains itself.
 */
const copied = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value, copiedList) : value)

/**
 * Checks each value of `given` and adds `defaults` (by default those of the schema; with {} only `optional` settings
 * may be left out).
 * @throws GlassformerError in the words of `place`, where `given` is not an object, has an unknown name, or has a value
 * of a wrong type
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
