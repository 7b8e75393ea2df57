import type { Matrix } from '../../interface/backend.ts'
import { checkRange } from './check.ts'

/** Where the queries of sentences stand among their keys. */
interface Standing {
  causal: boolean
  every: number
  at: Matrix | null
}

/** More keys than a sentence has. */
const MOST_KEYS = 2 ** 30

/** Checks the keys at which the first queries of sentences stand: −1 is before the first key, and they may be after the last. */
export function checkPlaces(op: string, at: Matrix | null): void {
  if (at) checkRange(op, 'at', at, -1, MOST_KEYS)
}

/** The key of sentence b at which its query i stands: from there distances count. */
export const placeOf = ({ every, at }: Standing, b: number, i: number): number =>
  (at ? at.data[at.offset + b * at.stride] : 0) + Math.floor(i / every)

/** The number of keys, of `all`, that a query at a place sees. */
export const seenFrom = ({ causal }: Standing, place: number, all: number): number =>
  causal ? Math.min(place + 1, all) : all
