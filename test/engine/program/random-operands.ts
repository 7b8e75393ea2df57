import type { TensorArray } from '#dist/engine/backend/interface/backend.js'

/** A source of random numbers, repeatable by its seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** An integer in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  pick<T>(values: readonly T[]): T {
    return values[this.integer(0, values.length - 1)]
  }

  /** Values around 0, some of them large. */
  floats(length: number): Float32Array {
    return Float32Array.from({ length }, () => (this.next() + this.next() + this.next() - 1.5) * 2)
  }

  /** Sizes that are critical for kernels: none, one, odd, round, and a few more than a block. */
  rows(): number {
    return this.pick([0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33])
  }

  width(): number {
    return this.pick([1, 2, 3, 5, 7, 8, 12, 15, 16, 17, 31, 32, 33, 48, 64, 65, 100])
  }
}

/** An operand of a case: its base may be wider than the columns that the op sees. */
export interface OperandCase {
  rows: string | number
  width: number
  column: number
  baseWidth: number
  data: TensorArray
}

export interface OpCase {
  symbols: Record<string, number>
  inputs: Record<string, OperandCase | null>
  attributes: Record<string, unknown>
}

/** A float operand; sometimes a view of some columns of something wider. */
export function floats(random: Random, rows: string | number, count: number, width: number): OperandCase {
  const left = random.pick([0, 0, 3])
  const baseWidth = left + width + (left ? random.integer(0, 5) : 0)
  return { rows, width, column: left, baseWidth, data: random.floats(count * baseWidth) }
}

/** Keeps a share of some numbers, and sets the others to 0, with either sign. */
export function thin(random: Random, share: number, data: TensorArray): void {
  for (let i = 0; i < data.length; i++) if (random.next() >= share) data[i] = random.pick([0, -0])
}

/** An operand of which a share is kept. */
export function thinned(random: Random, share: number, operand: OperandCase): OperandCase {
  thin(random, share, operand.data)
  return operand
}

/** Sometimes an operand like the output of relu: with some zeros, or with few other values. */
export const someZeros = (random: Random, operand: OperandCase) =>
  thinned(random, random.pick([1, 1, 0.4, 0.05]), operand)

export function whole(rows: string | number, width: number, data: TensorArray): OperandCase {
  return { rows, width, column: 0, baseWidth: width, data }
}

export const integers = (random: Random, length: number, low: number, high: number) =>
  Int32Array.from({ length }, () => random.integer(low, high))

/** Lengths of sentences, some of them empty, and their spans laid end to end. */
export function sentences(random: Random, count: number, longest: number) {
  const spans = new Int32Array(2 * count)
  let end = 0
  for (let b = 0; b < count; b++) {
    spans[2 * b] = end
    end += random.pick([0, 1, 2, random.integer(0, longest)])
    spans[2 * b + 1] = end
  }
  return { spans, total: end }
}

/**
 * Pasts of hypotheses, as rows of a cache: of any lengths, or alternatively like the beams of sentences, which have
 * equal lengths and common beginnings.
 */
export function pasts(random: Random, count: number, longest: number, rows: number) {
  const row = () => random.integer(0, rows - 1)
  if (random.next() < 0.5) {
    const { spans, total } = sentences(random, count, longest)
    return { spans, ancestors: Int32Array.from({ length: total }, row) }
  }
  const spans = new Int32Array(2 * count)
  const ancestors: number[] = []
  for (let beams = 0, r = 0; r < count; r += beams) {
    beams = Math.min(random.integer(1, 10), count - r)
    const begin = Array.from({ length: random.integer(0, longest) }, row)
    const own = random.integer(0, 3)
    for (let beam = r; beam < r + beams; beam++) {
      spans[2 * beam] = ancestors.length
      ancestors.push(...begin, ...Array.from({ length: own }, row))
      spans[2 * beam + 1] = ancestors.length
    }
  }
  return { spans, ancestors: Int32Array.from(ancestors) }
}

export const pairsOf = (queries: Int32Array, keys: Int32Array) => {
  let pairs = 0
  for (let b = 0; b < queries.length; b += 2) pairs += (queries[b + 1] - queries[b]) * (keys[b + 1] - keys[b])
  return pairs
}

/** An index of windows, in which −1 reads nothing, and its inverse with some columns to spare. */
export function randomWindows(random: Random) {
  const [S, T, taps] = [random.rows(), random.rows(), random.pick([1, 2, 3, 5])]
  const index = integers(random, T * taps, -1, S - 1)
  const places = Array.from({ length: S }, (): number[] => [])
  index.forEach((row, place) => {
    if (row >= 0) places[row].push(place)
  })
  const most = Math.max(1, ...places.map(({ length }) => length)) + random.pick([0, 1])
  const inverse = places.flatMap((row) => Array.from({ length: most }, (_, m) => row[m] ?? -1))
  return {
    symbols: { S, T },
    index: whole('T', taps, index),
    inverse: whole('S', most, Int32Array.from(inverse)),
  }
}

/** The keys at which the first queries of sentences stand, sometimes left out; −1 is before the first key. */
export function places(random: Random, sentences: number): OperandCase | null {
  if (random.next() < 0.5) return null
  const place = () => random.pick([-1, 0, 1, random.integer(0, 40)])
  return whole('B', 1, Int32Array.from({ length: sentences }, place))
}

/** The seed from which masks follow. */
export const randomSeed = (random: Random): OperandCase => whole(1, 1, integers(random, 1, -2147483648, 2147483647))

/** Relative keys and values of attention, sometimes none; the distances are clipped at `clip`, or do not reach it. */
export function relativeTables(
  random: Random,
  dHead: number,
): Record<'relativeKeys' | 'relativeValues', OperandCase | null> {
  const rows = 2 * random.pick([0, 1, 2, 5, 16, 40]) + 1
  if (random.next() < 0.5) return { relativeKeys: null, relativeValues: null }
  return { relativeKeys: floats(random, rows, rows, dHead), relativeValues: floats(random, rows, rows, dHead) }
}

/** The bias of each distance for the scores of each head, sometimes none. */
export function distanceBias(random: Random, heads: number): OperandCase | null {
  const rows = 2 * random.pick([0, 1, 2, 5, 16, 40]) + 1
  return random.next() < 0.6 ? null : floats(random, rows, rows, heads)
}

/** For an op over rows: values and the gradients of its outputs. */
export function valuesAndGradients(random: Random): OpCase {
  const [S, width] = [random.rows(), random.width()]
  return {
    symbols: { S },
    inputs: { y: floats(random, 'S', S, width), dy: floats(random, 'S', S, width) },
    attributes: {},
  }
}
