/**
 * Random bits without state: any two calls with the same numbers agree, in any order, on any backend and thread. Masks are therefore
 * computed again where they are needed, and never stored. The mixer is the 32-bit hash of C. Wellons, "Prospecting for Hash Functions"
 * (2018), multipliers 0x7feb352d and 0x846ca68b.
 */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return x ^ (x >>> 16)
}

/** The key of one row of one op in one step; `bits(key, column)` are its random numbers. */
export const rowKey = (seed: number, site: number, row: number): number =>
  mix(mix(seed ^ Math.imul(site + 1, 0x9e3779b9)) ^ row)

/** 32 random bits as an unsigned number. */
export const bits = (key: number, column: number): number => mix(key ^ Math.imul(column + 1, 0x85ebca6b)) >>> 0

/** A value is dropped where its bits are below this. */
export const dropThreshold = (rate: number): number => Math.floor(rate * 4294967296)
