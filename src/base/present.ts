import { GlassformerError } from './errors.ts'

// Values that are there by the order in which code runs, which types do not tell. Where one is missing, the error says so
// at once, and nothing computes with `undefined`.

/** The value. @throws GlassformerError ERR_INTERNAL where it is missing */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw missing('a value')
  return value
}

/** The map's value for the key. @throws GlassformerError ERR_INTERNAL where it has nothing */
export function entryOf<K, V>(map: { get(key: K): V | undefined }, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw missing(`an entry for ${typeof key === 'object' ? 'an object' : String(key)}`)
  return value
}

/** The last of a list. @throws GlassformerError ERR_INTERNAL where the list is empty */
export function lastOf<T>(list: readonly T[]): T {
  if (!list.length) throw missing('the last of a list')
  return list[list.length - 1]
}

const missing = (what: string) =>
  new GlassformerError('ERR_INTERNAL', `${what} is missing, which is a fault of Glassformer`)
