import { normGradient, normGradients } from '../engine/program/norm-gradients.ts'
import type { OpTest } from '../engine/program/op-tests.ts'

export const op: OpTest = {
  case: (random) => normGradient(random, 1e-6),
  reference: (c) => normGradients(c, false).gradients,
  terms: (c) => normGradients(c, false).terms,
}
