import { normGradient, normGradients } from '../engine/program/norm-gradients.ts'
import type { OpTest } from '../engine/program/op-tests.ts'

export const op: OpTest = {
  case: (random) => normGradient(random, random.pick([1e-5, 1e-6])),
  reference: (c) => normGradients(c, true).gradients,
  terms: (c) => normGradients(c, true).terms,
}
