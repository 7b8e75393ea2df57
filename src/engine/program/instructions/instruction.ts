import type { Matrix, PlannedDType, WeightStore } from '../../backend/interface/backend.ts'
import type { Rows, Tensor } from './tensor.ts'

/**
 * Type of an op's attribute: any finite number, an integer, an integer from 1 on, a boolean, or one of a few words. A word becomes
 * its index.
 */
export type AttributeRule = 'number' | 'integer' | 'count' | 'boolean' | readonly string[]
type AttributeValue<R> = R extends 'number' | 'integer' | 'count'
  ? number
  : R extends 'boolean'
    ? boolean
    : R extends readonly (infer W)[]
      ? W
      : never
export type InputName<N extends string> = N extends `${infer Name}?` ? Name : N
export type Inputs<N extends string> = { [K in N as K extends `${string}?` ? never : K]: Tensor } & {
  [K in N as K extends `${infer Name}?` ? Name : never]?: Tensor | null
}
export type Attributes<A extends Record<string, AttributeRule>> = { [K in keyof A]: AttributeValue<A[K]> }

/** The shape of an output. */
export interface Shape {
  rows: Rows
  width: number
}

/**
 * The cost of an instruction: `flops` for each `per`. `per` is a row symbol, the constant 1, or 'pairs': pairs of a query and a key, or of a
 * row and a listed id.
 */
export interface Cost {
  flops: number
  per: Rows | 'pairs'
  /** Weights that are read as a whole, however many rows there are. */
  reads?: readonly Tensor[]
}

/**
 * The arguments of a gradient rule: the instruction, and the gradients of its outputs. That of the first output is always there; others are null
 * where nothing depends on them.
 */
export interface Differentiation<
  N extends string = string,
  A extends Record<string, AttributeRule> = Record<string, AttributeRule>,
> {
  inputs: { [K in N as InputName<K>]: K extends `${string}?` ? Tensor | null : Tensor }
  outputs: readonly Tensor[]
  attributes: Attributes<A>
  dOutputs: readonly [Tensor, ...(Tensor | null)[]]
  gradients: GradientSums
}

/** One row of the op table. Operands and attributes keep the order in which they are named; native kernels see the same. */
export interface OpRow<
  N extends string = string,
  A extends Record<string, AttributeRule> = Record<string, AttributeRule>,
  O extends string = string,
> {
  name: string
  /** Names of the inputs; a trailing `?` marks an optional one. */
  inputs: readonly N[]
  /**
   * Names of the outputs; a trailing `?` marks an output that only some attributes have. The names of all operands and attributes differ.
   */
  outputs: readonly O[]
  /** Inputs and outputs that hold integers; the others hold float32. */
  integers?: readonly (InputName<N> | InputName<O>)[]
  /** Inputs that the op writes to (a cache); they must be bound. */
  writes?: readonly InputName<N>[]
  /** Inputs that are weights of a model: the gradient rule adds to their gradients, `gradientOf`. Other inputs of numbers get `contribute`. */
  weights?: readonly InputName<N>[]
  /** Inputs of numbers that are constants and have no gradient. */
  constants?: readonly InputName<N>[]
  /** Inputs that may be an encoded weight, as a whole. */
  encoded?: readonly InputName<N>[]
  /** Inputs that may hold bfloat16 in place of float32: caches, which are bound. */
  narrow?: readonly InputName<N>[]
  attributes: A
  /** The values of attributes that change nothing. Listings leave these out, and show other words of such an attribute without its name. */
  neutral?: Partial<Attributes<A>>
  /** Attributes that listings leave out. */
  unlisted?: readonly (keyof A & string)[]
  /** The shape rule: the shape of each output for these inputs. It refuses inputs by `expectShape`. */
  shapes(inputs: Inputs<N>, attributes: Attributes<A>): Shape[]
  cost(inputs: Inputs<N>, attributes: Attributes<A>, outputs: readonly Tensor[]): Cost
  /** The number of pairs of a played call, where cost is per pair, from the integers that it was played with. */
  pairs?(integers: Readonly<Record<InputName<N>, Matrix>>): number
  /** The gradient rule: appends instructions that add to the gradients of the inputs. Absent: the op is not differentiable. */
  gradient?(p: Recording, call: Differentiation<N, A>): void
}

/** One recorded step: an op, its operands in the order of its row, and its attributes. */
export interface Instruction {
  op: OpRow
  inputs: (Tensor | null)[]
  outputs: Tensor[]
  attributes: Record<string, unknown>
  /** The module path that was open when the instruction was recorded. */
  path: readonly string[]
}

/** A program as its ops and gradient rules see it while it is recorded, and as its compiler and its listing see it afterwards. */
export interface Recording {
  readonly name: string
  readonly instructions: Instruction[]
  /** Tensors bound at play, in the order in which they were declared. */
  readonly bound: readonly Tensor[]
  readonly weights: WeightStore
  within<T>(part: string | readonly string[], record: () => T): T
  planned(name: string, rows: Rows, width: number, dtype?: PlannedDType): Tensor
  gradientOf(weight: Tensor): Tensor
  madeBy(tensor: Tensor): Instruction | null
  append(
    op: OpRow,
    inputs: Readonly<Record<string, Tensor | null | undefined>>,
    attributes: Record<string, unknown>,
    shapes: readonly Shape[],
    into?: readonly Tensor[],
  ): Tensor[]
}

/** Gradients while they are recorded, as gradient rules see them; see `differentiate`. */
export interface GradientSums {
  /** Adds to the gradient of a tensor, or of some of its columns. Constants (bound integers, absent operands) take none. */
  contribute(tensor: Tensor | null, gradient: Tensor): void
  /**
   * The tensors into which an op writes the gradients of several views. The views of a group have one base. Each group gets the columns of
   * a new tensor [rows, base width], which becomes the gradient of the base. Null where a group does not cover its base exactly.
   */
  columnsFor(...groups: readonly (readonly Tensor[])[]): Tensor[] | null
}
