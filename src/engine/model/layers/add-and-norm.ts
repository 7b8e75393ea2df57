import { normNames, operationsOf } from '../../../base/choices/norm-order.ts'
import { present } from '../../../base/present.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { dropped, norm } from './layers.ts'

/** A sub-layer of the input, which adds the residual, where it is given one, in the epilogue of its last product. */
export type Sublayer = (x: Tensor, residual: Tensor | null) => Tensor

/**
 * Add & Norm around a sub-layer, paper 3.1: post-norm Norm(x + f(x)), pre-norm x + f(Norm(x)), or as Marian's operations have it.
 * x [rows, dModel] → [rows, dModel].
 */
export function addAndNorm(p: Program, name: string, x: Tensor, sublayer: Sublayer, config: ModelConfig): Tensor {
  return aroundSublayer(p, name, { x, residual: x }, sublayer, config)
}

/** Add & Norm around a sub-layer of x whose residual may be another tensor. */
export function aroundSublayer(
  p: Program,
  name: string,
  { x, residual }: { x: Tensor; residual: Tensor },
  sublayer: Sublayer,
  config: ModelConfig,
): Tensor {
  const { before, after } = operationsOf(config.norm.order)
  const names = normNames(name, config.norm.order)
  const input = operated(p, before, x, { name, residual: null, norm: names.before }, config)
  const fused = after.startsWith('da') ? 'da' : after.startsWith('a') && !p.training?.dropout.residual ? 'a' : ''
  const output = p.within(name, () => sublayer(input, fused ? residual : null))
  return operated(p, after.slice(fused.length), output, { name, residual, norm: names.after }, config)
}

/** The operations on top of a stack: a norm, or Marian's operations, whose sum is that with the embeddings. */
export function onTop(p: Program, x: Tensor, embedded: Tensor, config: ModelConfig): Tensor {
  const { top } = operationsOf(config.norm.order)
  return operated(p, top, x, { name: 'top', residual: embedded, norm: 'norm' }, config)
}

/** The module in which operations stand, what they add, and the name of their norm. */
interface OperationsPlace {
  name: string
  residual: Tensor | null
  norm: string | null
}

/** Marian's operations one after the other, by which every order of norms is said: n the norm of this place, a the sum with its residual, d dropout (in training). */
function operated(
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
