import type { OpCase, OperandCase } from './random-operands.ts'

/** A part of a case that is a case itself, and the values of each output of the whole case that are its outputs. */
export interface Part {
  alone: OpCase
  values: [begin: number, end: number][]
}

/** Rows [begin, end) of an operand. */
const cut = (operand: OperandCase, begin: number, end: number): OperandCase => ({
  ...operand,
  data: operand.data.slice(begin * operand.baseWidth, end * operand.baseWidth),
})

const all = (count: number) => Array.from({ length: count }, (_, i) => i)

/**
 * One case for each row of the inputs whose rows are `symbol`; an output has as many rows and is as wide as `like`, or
 * one value wide.
 */
function rowsOf(symbol: string, like?: string) {
  return (opCase: OpCase): Part[] => {
    const { symbols, inputs } = opCase
    const width = like ? inputs[like]!.width : 1
    return all(symbols[symbol]).map((row) => ({
      alone: {
        ...opCase,
        symbols: { ...symbols, [symbol]: 1 },
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([name, operand]) => [
            name,
            operand?.rows === symbol ? cut(operand, row, row + 1) : operand,
          ]),
        ),
      },
      values: [[row * width, (row + 1) * width]],
    }))
  }
}

const span = (spans: OperandCase, row: number) => [spans.data[2 * row], spans.data[2 * row + 1]]

/** Queries [begin, end) of a sentence that attends to all of its keys, alone. */
function queriesAlone(opCase: OpCase, sentence: number, begin: number, end: number, pairs: number): Part {
  const { symbols, inputs, attributes } = opCase
  const { q, k, v, queries, keys } = inputs as Record<string, OperandCase>
  const [first, last] = span(keys, sentence)
  const count = last - first
  const heads = attributes.heads as number
  const sentenceBegin = span(queries, sentence)[0]
  const pair = pairs + (begin - sentenceBegin) * count
  return {
    alone: {
      ...opCase,
      symbols: { ...symbols, T: end - begin, S: count, B: 1, 'P(queries, keys)': (end - begin) * count },
      inputs: {
        ...inputs,
        q: cut(q, begin, end),
        k: cut(k, first, last),
        v: cut(v, first, last),
        queries: { ...queries, data: Int32Array.of(0, end - begin) },
        keys: { ...keys, data: Int32Array.of(0, count) },
        at: inputs.at ? cut(inputs.at, sentence, sentence + 1) : null,
      },
    },
    values: [
      [begin * q.width, end * q.width],
      [pair * heads, (pair + (end - begin) * count) * heads],
    ],
  }
}

/**
 * One case for each sentence, and, if a query does not depend on its position, one for each query of it and one for all
 * but the first.
 */
function sentencesOf(opCase: OpCase): Part[] {
  const { queries, keys } = opCase.inputs as Record<string, OperandCase>
  const parts: Part[] = []
  let pairs = 0
  for (const sentence of all(opCase.symbols.B)) {
    const [begin, end] = span(queries, sentence)
    const [firstKey, lastKey] = span(keys, sentence)
    const part = (from: number, to: number) => parts.push(queriesAlone(opCase, sentence, from, to, pairs))
    part(begin, end)
    const placeless = !opCase.attributes.causal && !opCase.inputs.relativeKeys && !opCase.inputs.distanceBias
    if (placeless && end > begin) {
      part(begin + 1, end)
      for (let query = begin; query < end; query++) part(query, query + 1)
    }
    pairs += (end - begin) * (lastKey - firstKey)
  }
  return parts
}

function pastsOf(opCase: OpCase): Part[] {
  const { symbols, inputs, attributes } = opCase
  const { q, ancestors, spans } = inputs as Record<string, OperandCase>
  const heads = attributes.heads as number
  return all(symbols.R).map((row) => {
    const [begin, end] = span(spans, row)
    return {
      alone: {
        ...opCase,
        symbols: { ...symbols, R: 1, A: end - begin, 'P(spans)': end - begin },
        inputs: {
          ...inputs,
          q: cut(q, row, row + 1),
          ancestors: cut(ancestors, begin, end),
          spans: { ...spans, data: Int32Array.of(0, end - begin) },
        },
      },
      values: [
        [row * q.width, (row + 1) * q.width],
        [begin * heads, end * heads],
      ],
    }
  })
}

/** One case for each row, with a cache that consists of its slot. */
function slotsOf(opCase: OpCase): Part[] {
  const { inputs } = opCase
  const { x, slots, cache } = inputs as Record<string, OperandCase>
  return all(opCase.symbols.R).map((row) => {
    const slot = slots.data[row]
    return {
      alone: {
        ...opCase,
        symbols: { R: 1, M: 1 },
        inputs: {
          x: cut(x, row, row + 1),
          slots: { ...slots, data: Int32Array.of(0) },
          cache: cut(cache, slot, slot + 1),
        },
      },
      values: [[slot * cache.baseWidth, (slot + 1) * cache.baseWidth]],
    }
  })
}

function candidatesOf(opCase: OpCase): Part[] {
  const { symbols, inputs } = opCase
  const { x, edits, values } = inputs as Record<string, OperandCase>
  const k = symbols.C / symbols.R
  return all(symbols.R).map((row) => {
    const own = all(symbols.E).filter((edit) => edits.data[3 * edit] === row)
    const [begin, end] = own.length ? [own[0], own[0] + own.length] : [0, 0]
    const edited = edits.data.slice(3 * begin, 3 * end).map((value, i) => (i % 3 ? value : 0))
    return {
      alone: {
        ...opCase,
        symbols: { R: 1, E: own.length, C: k },
        inputs: {
          ...inputs,
          x: cut(x, row, row + 1),
          edits: { ...edits, data: edited },
          values: cut(values, begin, end),
        },
      },
      values: [
        [row * k, (row + 1) * k],
        [row * k, (row + 1) * k],
      ],
    }
  })
}

/**
 * The parts of a case whose results must be the same when run alone, for every op of inference that is not a product
 * with weights.
 */
export const partsOf: Record<string, (opCase: OpCase) => Part[]> = {
  activation: rowsOf('S', 'x'),
  add: rowsOf('S', 'a'),
  writeCache: slotsOf,
  attention: sentencesOf,
  cachedAttention: pastsOf,
  candidates: candidatesOf,
  embed: rowsOf('S', 'table'),
  gatedActivation: rowsOf('S', 'x'),
  layerNorm: rowsOf('S', 'x'),
  logSoftmax: rowsOf('S', 'x'),
  rmsNorm: rowsOf('S', 'x'),
  softmax: rowsOf('S', 'x'),
  tokenLogProbability: rowsOf('T'),
}
