import { bestOf, editsOf } from '../engine/program/best-tokens.ts'
import { projection } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OperandCase, whole } from '../engine/program/random-operands.ts'

/**
 * Rounded to quarters: sums of products are exact, so that equal scores are equal on every backend and the lower id must go first. A
 * term that edits add is no such number: a score that has it added ties with no other, whose rounding would decide.
 */
function inQuarters(operand: OperandCase): OperandCase {
  return { ...operand, data: operand.data.map((value) => Math.round(4 * value) / 4) }
}

export const candidates: OpTest = {
  case(random) {
    const [R, width, vocabulary] = [random.rows(), random.width(), random.pick([1, 5, 17, 64, 333, 512, 1100])]
    const k = random.integer(1, Math.min(vocabulary, random.pick([20, 600])))
    const edits: number[] = []
    const values: number[] = []
    for (let row = 0; row < R; row++)
      for (let n = random.integer(0, 3); n > 0; n--) {
        const kind = random.integer(0, 3)
        edits.push(row, random.integer(0, vocabulary - 1), kind)
        values.push([random.pick([-Infinity, -1, 2]), 1.25, random.pick([-1.37, 0.61]), 0.5][kind])
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
  reference({ symbols, inputs, attributes }) {
    const logits = projection(inputs.x!, inputs.weight!, inputs.bias!, attributes.scale as number)
    const best = logits.map((row, r) => bestOf(row, editsOf(inputs, r), attributes).slice(0, symbols.C / symbols.R))
    return [best.flat().map(({ value }) => value), best.flat().map(({ id }) => id)]
  },
}
