import { bestOf, editsOf } from '../engine/program/best-tokens.ts'
import { logSoftmax, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OperandCase, whole } from '../engine/program/random-operands.ts'

/** In quarters, so that some scores are equal and the lower id must go first. */
function inQuarters(operand: OperandCase): OperandCase {
  return { ...operand, data: operand.data.map((value) => Math.round(4 * value) / 4) }
}

export const rangedCandidates: OpTest = {
  case(random) {
    const R = random.rows()
    const vocabulary = random.pick([1, 5, 17, 64, 333, 512, 1100])
    const k = random.integer(1, Math.min(vocabulary, random.pick([20, 600])))
    const edits: number[] = []
    const values: number[] = []
    const ranges: number[] = []
    for (let row = 0; row < R; row++) {
      for (let n = random.integer(0, 3); n > 0; n--) {
        const kind = random.integer(0, 3)
        edits.push(row, random.integer(0, vocabulary - 1), kind)
        values.push([random.pick([-Infinity, -1, 2]), 1.25, random.pick([-1.37, 0.61]), 0.5][kind])
      }
      const cuts = [0, 1, 2, 3].map(() => random.integer(0, vocabulary)).sort((a, b) => a - b)
      ranges.push(...(random.next() < 0.8 ? cuts : [cuts[2], cuts[3], cuts[0], cuts[1]]))
    }
    return {
      symbols: { R, E: values.length, C: R * k },
      inputs: {
        logits: inQuarters(floats(random, 'R', R, vocabulary)),
        ranges: whole('R', 4, Int32Array.from(ranges)),
        edits: whole('E', 3, Int32Array.from(edits)),
        values: whole('E', 1, Float32Array.from(values)),
      },
      attributes: {},
    }
  },
  reference({ symbols, inputs }) {
    const best = rowsOf(inputs.logits!).map((logits, r) => {
      const edited: number[] = []
      for (const { id, value } of bestOf(logits, editsOf(inputs, r), { normalize: 'after' })) edited[id] = value
      const [a, b, c, d] = rowsOf(inputs.ranges!)[r]
      const sum = edited.slice(c, d).reduce((total, score) => total + Math.exp(score), 0)
      const most = Math.max(-Infinity, ...edited.slice(a, b))
      const isForbidden = sum > Math.exp(most)
      const may = (id: number) => (!isForbidden && id >= a && id < b) || (id >= c && id < d)
      const row = logSoftmax(edited.map((score, id) => (may(id) ? score : -Infinity)))
      return row
        .map((value, id) => ({ value: Number.isNaN(value) ? -Infinity : value, id }))
        .sort((x, y) => (y.value > x.value ? 1 : y.value < x.value ? -1 : x.id - y.id))
        .slice(0, symbols.C / symbols.R)
    })
    return [best.flat().map(({ value }) => value), best.flat().map(({ id }) => id)]
  },
  freeWidths: ['logits'],
}
