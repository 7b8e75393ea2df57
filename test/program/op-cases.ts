import type { TensorArray } from '#dist/backend/backend.js'

/** A source of random numbers that a seed makes repeatable (mulberry32). */
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

  /** Sizes that kernels stumble over: none, one, odd, round, and a few more than a block. */
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

/** A float operand; now and then a view of some columns of something wider. */
function floats(random: Random, rows: string | number, count: number, width: number): OperandCase {
  const left = random.pick([0, 0, 3])
  const baseWidth = left + width + (left ? random.integer(0, 5) : 0)
  return { rows, width, column: left, baseWidth, data: random.floats(count * baseWidth) }
}

function whole(rows: string | number, width: number, data: TensorArray): OperandCase {
  return { rows, width, column: 0, baseWidth: width, data }
}

const integers = (random: Random, length: number, low: number, high: number) =>
  Int32Array.from({ length }, () => random.integer(low, high))

/** Lengths of sentences, some of them empty, and their spans laid end to end. */
function sentences(random: Random, count: number, longest: number) {
  const spans = new Int32Array(2 * count)
  let end = 0
  for (let b = 0; b < count; b++) {
    spans[2 * b] = end
    end += random.pick([0, 1, 2, random.integer(0, longest)])
    spans[2 * b + 1] = end
  }
  return { spans, total: end }
}

const pairsOf = (queries: Int32Array, keys: Int32Array) => {
  let pairs = 0
  for (let b = 0; b < queries.length; b += 2) pairs += (queries[b + 1] - queries[b]) * (keys[b + 1] - keys[b])
  return pairs
}

/** A random case for every op of the table, by name. */
export const opCases: Record<string, (random: Random) => OpCase> = {
  embed(random) {
    const [S, vocabulary, width, table] = [random.rows(), random.integer(1, 40), random.width(), random.integer(5, 30)]
    const positionOffset = random.pick([0, 2])
    const withPositions = random.next() < 0.8
    return {
      symbols: { S, V: vocabulary, N: table },
      inputs: {
        table: floats(random, 'V', vocabulary, width),
        tokens: whole('S', 1, integers(random, S, -1, vocabulary - 1)),
        positions: withPositions ? whole('S', 1, integers(random, S, 0, table - 1 - positionOffset)) : null,
        positionTable: withPositions ? whole('N', width, random.floats(table * width)) : null,
      },
      attributes: { scale: random.pick([1, 5.65]), positionOffset },
    }
  },
  linear(random) {
    const [S, inputs, outputs] = [random.rows(), random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        x: floats(random, 'S', S, inputs),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        bias: random.next() < 0.5 ? whole(1, outputs, random.floats(outputs)) : null,
        residual: random.next() < 0.5 ? floats(random, 'S', S, outputs) : null,
      },
      attributes: {
        activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish']),
        scale: random.pick([1, 1, 0.3]),
      },
    }
  },
  activation(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width) },
      attributes: { activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish']) },
    }
  },
  add(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { a: floats(random, 'S', S, width), b: floats(random, 'S', S, width) },
      attributes: {},
    }
  },
  layerNorm(random) {
    const [S, width] = [random.rows(), random.width()]
    const vector = () => whole(1, width, random.floats(width))
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width), gamma: vector(), beta: vector() },
      attributes: { epsilon: random.pick([1e-5, 1e-6]) },
    }
  },
  rmsNorm(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: { x: floats(random, 'S', S, width), gamma: whole(1, width, random.floats(width)) },
      attributes: { epsilon: 1e-6 },
    }
  },
  attention(random) {
    const heads = random.pick([1, 2, 3, 4, 8])
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 64])
    const B = random.pick([0, 1, 2, 5])
    const causal = random.next() < 0.4
    const weights = random.next() < 0.4
    const queries = sentences(random, B, 40)
    const keys = causal ? queries : sentences(random, B, 70)
    const rows = causal ? 'T' : 'S'
    return {
      symbols: { T: queries.total, S: keys.total, B, 'P(queries, keys)': pairsOf(queries.spans, keys.spans) },
      inputs: {
        q: floats(random, 'T', queries.total, width),
        k: floats(random, rows, keys.total, width),
        v: floats(random, rows, keys.total, width),
        queries: whole('B', 2, queries.spans),
        keys: whole('B', 2, keys.spans),
      },
      attributes: { heads, scale: random.pick([1, 0.25]), causal, weights },
    }
  },
  cachedAttention(random) {
    const heads = random.pick([1, 2, 3, 4, 8])
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 64])
    const [R, M] = [random.rows(), random.integer(1, 50)]
    const { spans, total } = sentences(random, R, 60)
    return {
      symbols: { R, M, A: total, 'P(spans)': total },
      inputs: {
        q: floats(random, 'R', R, width),
        k: floats(random, 'M', M, width),
        v: floats(random, 'M', M, width),
        ancestors: whole('A', 1, integers(random, total, 0, M - 1)),
        spans: whole('R', 2, spans),
      },
      attributes: { heads, scale: random.pick([1, 0.25]), weights: random.next() < 0.4 },
    }
  },
  append(random) {
    const [R, width] = [random.rows(), random.width()]
    const M = R + random.integer(1, 9)
    const slots = Int32Array.from({ length: R }, (_, i) => i)
    for (let i = R - 1; i > 0; i--) {
      const j = random.integer(0, i)
      ;[slots[i], slots[j]] = [slots[j], slots[i]]
    }
    return {
      symbols: { R, M },
      inputs: { x: floats(random, 'R', R, width), slots: whole('R', 1, slots), cache: floats(random, 'M', M, width) },
      attributes: {},
    }
  },
  softmax(random) {
    const [S, width] = [random.rows(), random.width()]
    return { symbols: { S }, inputs: { x: floats(random, 'S', S, width) }, attributes: {} }
  },
  logSoftmax(random) {
    const [S, width] = [random.rows(), random.width()]
    return { symbols: { S }, inputs: { x: floats(random, 'S', S, width) }, attributes: {} }
  },
  tokenScore(random) {
    const [T, vocabulary] = [random.rows(), random.width()]
    return {
      symbols: { T },
      inputs: {
        logits: floats(random, 'T', T, vocabulary),
        ids: whole('T', 1, integers(random, T, 0, vocabulary - 1)),
      },
      attributes: {},
    }
  },
  candidates(random) {
    const [R, vocabulary] = [random.rows(), random.pick([1, 5, 17, 64, 333, 1000])]
    const k = random.integer(1, Math.min(vocabulary, 20))
    const edits: number[] = []
    const values: number[] = []
    for (let row = 0; row < R; row++)
      for (let n = random.integer(0, 3); n > 0; n--) {
        const kind = random.integer(0, 2)
        edits.push(row, random.integer(0, vocabulary - 1), kind)
        values.push(kind === 0 ? random.pick([-Infinity, -1, 2]) : kind === 1 ? 1.3 : random.next() - 0.5)
      }
    return {
      symbols: { R, E: values.length, C: R * k },
      inputs: {
        logits: whole('R', vocabulary, random.floats(R * vocabulary)),
        edits: whole('E', 3, Int32Array.from(edits)),
        values: whole('E', 1, Float32Array.from(values)),
      },
      attributes: { normalise: random.pick(['before', 'after', 'both']) },
    }
  },
}
