import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { dropped, norm } from './layers.ts'

/** The module in which operations stand, what they add, and the name of their norm. */
interface OperationsPlace {
  name: string
  residual: Tensor | null
  norm: string | null
}

/** Marian's operations one after the other, by which every order of norms is said: n the norm of this place, a the sum with its residual, d dropout (in training). */
export function operated(
  p: Program,
  operations: string,
  x: Tensor,
  { name, residual, norm: normName }: OperationsPlace,
  config: ModelConfig,
): Tensor {
  for (const operation of operations) {
    if (operation === 'n') x = norm(p, present(normName), x, config)
    else if (operation === 'a') x = p.within(name, () => add(p, { a: x, b: present(residual) })[0])
    else x = p.within(name, () => dropped(p, x))
  }
  return x
}
