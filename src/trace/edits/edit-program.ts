import { GlassformerError } from '../../base/errors.ts'
import { lastOf } from '../../base/present.ts'
import type { Instruction } from '../../engine/program/instructions/instruction.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import { add } from '../../engine/program/ops/add.ts'
import { headOff } from '../../engine/program/ops/head-off.ts'
import { writeCache } from '../../engine/program/ops/write-cache.ts'
import type { Program } from '../../engine/program/program.ts'

/** Inserts instructions after the one at `at`, in its module. */
function insertAfter(p: Program, at: number, record: () => void): void {
  const count = p.instructions.length
  p.within(p.instructions[at].path, record)
  p.instructions.splice(at + 1, 0, ...p.instructions.splice(count))
}

/**
 * The index of the instruction that computes the tensor with this name; −1: none. For a tensor written several times,
 * this is the last.
 */
const makerOf = (p: Program, name: string): number =>
  p.instructions.findLastIndex(({ outputs }) => outputs.some((t) => t.base.name === name))

/** The index of the last instruction that computes a tensor or writes to it. */
export const lastWriter = (p: Program, tensor: Tensor): number =>
  p.instructions.findLastIndex((instruction) => writtenBy(instruction).includes(tensor.base))

/** The name of what an instruction computes once the residual has been split off its result. */
export const productOf = (name: string): string => `${name.slice(0, name.lastIndexOf('.'))}.product`

/**
 * Splits the residual off the instruction that computes `name`, a linear or a recurrence, whose result becomes product
 * + residual. Returns the name of the product; null where the program has no such instruction.
 */
export function splitResidual(p: Program, name: string): string | null {
  const product = productOf(name)
  if (p.find(product)) return product
  const at = makerOf(p, name)
  if (at < 0) return null
  const instruction = p.instructions[at]
  const place = instruction.op.inputs.indexOf('residual?')
  const residual = instruction.inputs[place]
  if (!residual) throw new GlassformerError('ERR_INTERNAL', `${name} is not the sum of a product and a residual`)
  const [sum, ...others] = instruction.outputs
  const inputs = instruction.inputs.with(place, null)
  const made = p.within(instruction.path, () => p.planned('product', sum.rows, sum.width))
  p.instructions[at] = { ...instruction, inputs, outputs: [made, ...others] }
  insertAfter(p, at, () => add.into(p, [sum], { a: made, b: residual }, {}))
  return product
}

/** Replaces the output of one head by zeros, where the program has that attention. */
export function switchOff(p: Program, attention: string, heads: number, head: number): void {
  const at = p.instructions.findIndex(({ op, path }) => isAttention(op.name) && path.join('.') === attention)
  if (at < 0) return
  const instruction = p.instructions[at]
  const [z, ...rest] = instruction.outputs
  const all = p.within(instruction.path, () => p.planned('allHeads', z.rows, z.width))
  p.instructions[at] = { ...instruction, outputs: [all, ...rest] }
  insertAfter(p, at, () => headOff.into(p, [z], { attended: all }, { heads, head }))
}

const isAttention = (op: string) => op === 'attention' || op === 'cachedAttention'

/** The replacement of a tensor's rows or columns: the names under which rows and values are bound. */
export interface Replacement {
  tensor: string
  columns?: readonly [number, number]
  /** How many rows: a symbol that is bound at play. */
  rows: string
  bindings: { rows: string; values: string }
}

/** Overwrites rows of a computed tensor with given values, and makes the tensor an output of the program. */
export function replaceRows(p: Program, { tensor: name, columns, rows, bindings }: Replacement): boolean {
  const found = p.find(name)
  if (!found) return false
  const tensor = asOutput(p, found)
  const [from, to] = columns ?? [0, tensor.width]
  const slots = p.input(bindings.rows, rows, 1, 'int32')
  const x = p.input(bindings.values, rows, to - from)
  const cache = to - from === tensor.width ? tensor : tensor.slice(from, to)
  insertAfter(p, makerOf(p, name), () => void writeCache(p, { x, slots, cache }))
  return true
}

/** Makes the tensor an output of the program, if it is not one already. */
export const asOutput = (p: Program, tensor: Tensor): Tensor => (tensor.kind === 'bound' ? tensor : p.output(tensor))

/**
 * Removes every instruction that none of the `wanted` tensors depends on, and attention weights and gates that are not
 * wanted.
 */
export function prune(p: Program, wanted: readonly Tensor[]): void {
  const needed = new Set(wanted)
  for (let at = p.instructions.length - 1; at >= 0; at--) {
    const instruction = p.instructions[at]
    if (!writtenBy(instruction).some((tensor) => needed.has(tensor))) p.instructions.splice(at, 1)
    else
      for (const tensor of instruction.inputs) if (tensor) needed.add(tensor.base).add(tensor.part?.of ?? tensor.base)
  }
  for (const [at, instruction] of p.instructions.entries()) {
    if (!instruction.attributes.traced || needed.has(lastOf(instruction.outputs).base)) continue
    const attributes = { ...instruction.attributes, traced: false }
    p.instructions[at] = { ...instruction, outputs: instruction.outputs.slice(0, -1), attributes }
  }
  const kept = p.bound.filter((tensor) => needed.has(tensor))
  p.bound.splice(0, p.bound.length, ...kept)
}

/** The tensors that an instruction computes or writes to. */
const writtenBy = ({ op, inputs, outputs }: Instruction): Tensor[] => [
  ...outputs.map(({ base }) => base),
  ...inputs.flatMap((tensor, i) => (tensor && op.writes?.includes(op.inputs[i]) ? [tensor.base] : [])),
]
