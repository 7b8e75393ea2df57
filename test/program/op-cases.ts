import { gradientOpCases, projected, taught } from './gradient-op-cases.ts'
import { withLists } from './listed-case.ts'
import {
  floats,
  integers,
  type OpCase,
  type OperandCase,
  pairsOf,
  pasts,
  type Random,
  randomSeed,
  relativeTables,
  sentences,
  whole,
} from './random-operands.ts'

/** A random case for every op of the table, by name. */
export const opCases: Record<string, (random: Random) => OpCase> = {
  ...gradientOpCases,
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
  dropout(random) {
    const [S, width] = [random.rows(), random.width()]
    return {
      symbols: { S },
      inputs: {
        x: floats(random, 'S', S, width),
        seed: randomSeed(random),
        residual: random.next() < 0.5 ? floats(random, 'S', S, width) : null,
      },
      attributes: { rate: random.pick([0, 0.1, 0.5, 0.9]), site: random.integer(0, 500) },
    }
  },
  crossEntropy(random) {
    const { symbols, inputs, attributes } = projected(random)
    return { symbols, inputs, attributes }
  },
  distillation(random) {
    const { symbols, inputs, attributes } = taught(random)
    return { symbols, inputs, attributes }
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
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 32, 64])
    const B = random.pick([0, 1, 2, 5])
    const causal = random.next() < 0.4
    const traced = random.next() < 0.4
    const dropout = random.pick([0, 0, 0.1, 0.5])
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
        seed: dropout ? randomSeed(random) : null,
        ...relativeTables(random, width / heads),
      },
      attributes: { heads, scale: random.pick([1, 0.25]), causal, traced, dropout, site: random.integer(0, 500) },
    }
  },
  cachedAttention(random) {
    const heads = random.pick([1, 2, 3, 4, 8])
    const width = heads * random.pick([1, 3, 8, 12, 16, 20, 32, 64])
    const [R, M] = [random.rows(), random.integer(1, 50)]
    const { spans, ancestors } = pasts(random, R, 60, M)
    return {
      symbols: { R, M, A: ancestors.length, 'P(spans)': ancestors.length },
      inputs: {
        q: floats(random, 'R', R, width),
        k: floats(random, 'M', M, width),
        v: floats(random, 'M', M, width),
        ancestors: whole('A', 1, ancestors),
        spans: whole('R', 2, spans),
        ...relativeTables(random, width / heads),
      },
      attributes: { heads, scale: random.pick([1, 0.25]), traced: random.next() < 0.4 },
    }
  },
  writeCache(random) {
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
  tokenLogProbability(random) {
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
    const [R, width, vocabulary] = [random.rows(), random.width(), random.pick([1, 5, 17, 64, 333, 512, 1100])]
    const k = random.integer(1, Math.min(vocabulary, random.pick([20, 600])))
    const edits: number[] = []
    const values: number[] = []
    for (let row = 0; row < R; row++)
      for (let n = random.integer(0, 3); n > 0; n--) {
        const kind = random.integer(0, 1)
        edits.push(row, random.integer(0, vocabulary - 1), kind)
        values.push(kind === 0 ? random.pick([-Infinity, -1, 2]) : 1.25)
      }
    return {
      symbols: { R, E: values.length, C: R * k },
      inputs: {
        x: inQuarters(floats(random, 'R', R, width)),
        weight: inQuarters(whole(vocabulary, width, random.floats(vocabulary * width))),
        bias: random.next() < 0.5 ? inQuarters(whole(1, vocabulary, random.floats(vocabulary))) : null,
        edits: whole('E', 3, Int32Array.from(edits)),
        values: whole('E', 1, Float32Array.from(values)),
      },
      attributes: { normalize: random.pick(['before', 'after', 'both']), scale: random.pick([1, 0.5]) },
    }
  },
  listedCandidates: (random) => withLists(random, opCases.candidates(random)),
}

/** Rounded to quarters: sums of products are exact, so that equal scores are equal on every backend and the lower id must go first. */
function inQuarters(operand: OperandCase): OperandCase {
  return { ...operand, data: operand.data.map((value) => Math.round(4 * value) / 4) }
}
