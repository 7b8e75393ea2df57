import { GlassformerError } from '../../base/errors.ts'
import type { Differentiation, GradientSums, Recording } from './instructions/instruction.ts'
import { optionalName } from './instructions/op.ts'
import type { Tensor } from './instructions/tensor.ts'
import { activation } from './ops/activation.ts'
import { add } from './ops/add.ts'
import { headOff } from './ops/head-off.ts'

/** The part of a tensor's gradient that one instruction has made. `tensor` is the tensor or some of its columns. */
interface Contribution {
  tensor: Tensor
  gradient: Tensor
}

/**
 * Appends the instructions that compute gradients, by the rule of each instruction, from the last to the first (reverse-mode
 * differentiation). `seeds` gives the gradients of some tensors to begin with. Gradients of weights accumulate in the array bound as
 * 'gradients'; gradients of other tensors are returned on request.
 * @throws GlassformerError ERR_UNSUPPORTED where an op on the way has no gradient
 */
export function differentiate(
  p: Recording,
  seeds: Iterable<readonly [Tensor, Tensor]>,
): { of(tensor: Tensor): Tensor | null } {
  const gradients = new Gradients(p)
  for (const [tensor, gradient] of seeds) gradients.contribute(tensor, gradient)
  for (const instruction of [...p.instructions].reverse()) {
    const { op, inputs, outputs, attributes, path } = instruction
    const dOutputs = outputs.map((output) => gradients.of(output))
    if (dOutputs.every((gradient) => !gradient)) continue
    const rule = op.gradient
    if (!rule) throw new GlassformerError('ERR_UNSUPPORTED', `op ${op.name} has no gradient`)
    if (!dOutputs[0])
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `op ${op.name}: nothing that is differentiated depends on ${outputs[0]}`,
      )
    const named = Object.fromEntries(op.inputs.map((name, i) => [optionalName(name), inputs[i]]))
    p.within([...path, 'gradient'], () =>
      rule(p, { inputs: named, outputs, attributes, dOutputs, gradients } as unknown as Differentiation),
    )
  }
  return gradients
}

/** Gradients while they are recorded: contributions are gathered by tensor, and added up when the gradient of a tensor is asked for. */
class Gradients implements GradientSums {
  readonly #program: Recording
  readonly #contributions = new Map<Tensor, Contribution[]>()

  constructor(program: Recording) {
    this.#program = program
  }

  contribute(tensor: Tensor | null, gradient: Tensor): void {
    if (!tensor) return
    const list = this.#contributions.get(tensor.base) ?? []
    list.push({ tensor, gradient })
    this.#contributions.set(tensor.base, list)
  }

  columnsFor(...groups: readonly (readonly Tensor[])[]): Tensor[] | null {
    if (!groups.every(coversItsBase)) return null
    return groups.flatMap((views) => {
      const { base } = views[0]
      const whole = this.#program.planned('columns', base.rows, base.width)
      this.contribute(base, whole)
      return views.map((view) => whole.slice(view.column, view.column + view.width))
    })
  }

  /** The whole gradient of a tensor, or null if nothing depends on it; of columns, those of the gradient of their tensor. */
  of(tensor: Tensor): Tensor | null {
    const whole = this.#whole(tensor)
    return whole && tensor.isView ? whole.slice(tensor.column, tensor.column + tensor.width) : whole
  }

  #whole(tensor: Tensor): Tensor | null {
    const list = this.#contributions.get(tensor.base)
    if (!list) return null
    const whole = list.every((c) => c.tensor.width === tensor.base.width)
    const sum = whole ? this.#sum(list) : this.#joined(list, tensor.base)
    this.#contributions.set(tensor.base, [{ tensor: tensor.base, gradient: sum }])
    return sum
  }

  #sum(list: readonly Contribution[]): Tensor {
    const [first, ...others] = list.map(({ gradient }) => gradient)
    return others.reduce((total, gradient) => add(this.#program, { a: total, b: gradient })[0], first)
  }

  /**
   * The gradient of a tensor of which instructions have read some columns each: the sums of the parts, copied side by side, and zeros in
   * columns that none has read.
   */
  #joined(list: readonly Contribution[], base: Tensor): Tensor {
    const parts = new Map<number, Contribution[]>()
    for (const part of list) parts.set(part.tensor.column, [...(parts.get(part.tensor.column) ?? []), part])
    const whole = this.#program.planned('columns', base.rows, base.width)
    let end = 0
    for (const [column, part] of [...parts].sort(([a], [b]) => a - b)) {
      const { width } = part[0].tensor
      if (column < end || part.some((c) => c.tensor.width !== width))
        throw new GlassformerError('ERR_UNSUPPORTED', `the gradient of ${base} comes in columns that overlap`)
      const x = this.#sum(part)
      this.#zeros(whole, end, column, x)
      activation.into(this.#program, [whole.slice(column, column + width)], { x }, { activation: 'none' })
      end = column + width
    }
    this.#zeros(whole, end, base.width, list[0].gradient)
    return whole
  }

  /** Columns [from, to) of a tensor ← 0; `like` has its rows. */
  #zeros(whole: Tensor, from: number, to: number, like: Tensor): void {
    for (let at = from, end: number; at < to; at = end) {
      end = Math.min(to, at + like.width)
      const attended = like.slice(0, end - at)
      headOff.into(this.#program, [whole.slice(at, end)], { attended }, { heads: 1, head: 0 })
    }
  }
}

/** Whether views are all columns of one tensor, in their order. */
function coversItsBase(views: readonly Tensor[]): boolean {
  const { base } = views[0]
  const end = views.reduce((at, view) => (view.base === base && view.column === at ? at + view.width : -1), 0)
  return end === base.width
}
