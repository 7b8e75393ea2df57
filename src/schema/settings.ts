import { reading } from '../reading.ts'
import type { Place } from './place.ts'
import type { Type } from './types.ts'

/** Everything about one setting: reader, messages, TypeScript's type, flag, help and docs come from it. */
export interface Setting<T = unknown> {
  readonly type: Type<T>
  /**
   * What it is where it is left out; null: what follows from others, or nothing, and null may be given too. Without a default it has to
   * be given, unless it is `optional`.
   */
  readonly default?: T | null
  /** It may be left out, and is undefined then. */
  readonly optional?: true
  /** One line of plain words: what it is, in its unit. */
  readonly says: string
  /** How help and docs tell a default that no constant says: 'a tenth of the steps, at most 500'. */
  readonly otherwise?: string
  /** How a command takes it: '-b, --beams <n>'. */
  readonly flag?: string
}

export type Schema = Readonly<Record<string, Setting>>

type ValueOf<S> = S extends { readonly type: Type<infer T> }
  ? T | (S extends { readonly default: null } ? null : never)
  : never
type OptionalKeys<S extends Schema> = { [K in keyof S]: S[K] extends { optional: true } ? K : never }[keyof S]

/** What reading a schema gives: every value, those of optional settings perhaps not. */
export type Values<S extends Schema> = { -readonly [K in Exclude<keyof S, OptionalKeys<S>>]: ValueOf<S[K]> } & {
  -readonly [K in OptionalKeys<S>]?: ValueOf<S[K]>
}

/** What a caller may give: any of the settings. */
export type Given<S extends Schema> = { readonly [K in keyof S]?: ValueOf<S[K]> }

/** Declares the settings of one thing; TypeScript knows their values from it. */
export const settings = <const S extends Schema>(schema: S): S => schema

/** Some settings of a schema, in this order. */
export const some = <S extends Schema, K extends keyof S>(schema: S, ...names: readonly K[]): Pick<S, K> =>
  Object.fromEntries(names.map((name) => [name, schema[name]])) as Pick<S, K>

/** The defaults alone. */
export const defaultsOf = <S extends Schema>(schema: S): Partial<Values<S>> =>
  Object.fromEntries(
    Object.entries(schema).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, value]])),
  ) as Partial<Values<S>>

const copiedList = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value) : value)

/** A list is copied, and one of lists, no deeper: the caller may change its own while ours is in use, and one may hold itself. */
const copied = (value: unknown): unknown => (Array.isArray(value) ? Array.from(value, copiedList) : value)

/**
 * The values of `given`, every one checked, over `defaults` (those of the schema, unless there are others).
 * @throws GlassformerError in the words of `place`: where `given` is no object, has an unknown name, or a value that is none of its type
 */
export function read<S extends Schema>(
  schema: S,
  given: unknown,
  place: Place,
  defaults: Partial<Values<S>> = defaultsOf(schema),
): Values<S> {
  return reading('the settings', () => valuesOf(schema, given, place, defaults))
}

function valuesOf<S extends Schema>(schema: S, given: unknown, place: Place, defaults: Partial<Values<S>>): Values<S> {
  const object = place.object(given)
  const names = Object.keys(schema)
  for (const name in object) if (!Object.hasOwn(schema, name)) place.unknown(name, names)
  const values: Record<string, unknown> = {}
  for (const name of names) {
    const setting = schema[name]
    const value = place.isAbsent(object[name]) ? (defaults as Record<string, unknown>)[name] : copied(object[name])
    if (value === undefined && setting.optional) continue
    if (value !== null || setting.default !== null) check(name, setting, value, object[name], place)
    values[name] = value
  }
  return values as Values<S>
}

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
