import type { Check, DType, Kernel, Matrix } from '../backend/backend.ts'
import { GlassformerError } from '../errors.ts'
import type { Gradients } from './gradient.ts'
import type { Program } from './program.ts'
import type { Rows, Tensor } from './tensor.ts'

/** An attribute of an op: any finite number, an integer, one from 1 on, a yes or no, or one of a few words (which become their index). */
export type AttributeRule = 'number' | 'integer' | 'count' | 'boolean' | readonly string[]
type AttributeValue<R> = R extends 'number' | 'integer' | 'count'
  ? number
  : R extends 'boolean'
    ? boolean
    : R extends readonly (infer W)[]
      ? W
      : never
type InputName<N extends string> = N extends `${infer Name}?` ? Name : N
type Inputs<N extends string> = { [K in N as K extends `${string}?` ? never : K]: Tensor } & {
  [K in N as K extends `${infer Name}?` ? Name : never]?: Tensor | null
}
type Attributes<A extends Record<string, AttributeRule>> = { [K in keyof A]: AttributeValue<A[K]> }

/** The shape of an output. */
export interface Shape {
  rows: Rows
  width: number
}

/** What an instruction costs: `flops` for each of `per`, a row symbol, a constant 1, or 'pairs' of query and key, or row and listed id. */
export interface Cost {
  flops: number
  per: Rows | 'pairs'
  /** Weights that are read as a whole, however many rows there are. */
  reads?: readonly Tensor[]
}

/** What a gradient rule is given: the instruction, and the gradients of its outputs (null where nothing depends on one). */
export interface Differentiation<
  N extends string = string,
  A extends Record<string, AttributeRule> = Record<string, AttributeRule>,
> {
  inputs: { [K in N as InputName<K>]: Tensor | null }
  outputs: readonly Tensor[]
  attributes: Attributes<A>
  dOutputs: readonly (Tensor | null)[]
  gradients: Gradients
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
  /** Names of the outputs; a trailing `?` marks one that is there with some attributes only. Those of all operands and attributes differ. */
  outputs: readonly O[]
  /** Inputs and outputs that hold integers; the others hold float32. */
  integers?: readonly (InputName<N> | InputName<O>)[]
  /** Inputs that the op writes to (a cache); they must be bound. */
  writes?: readonly InputName<N>[]
  /** Inputs that may be an encoded weight, as a whole. */
  encoded?: readonly InputName<N>[]
  /** Inputs that may hold bfloat16 in place of float32: caches, which are bound. */
  narrow?: readonly InputName<N>[]
  attributes: A
  /** The shape rule: of each output, for these inputs. Refuses by `expectShape`. */
  shapes(inputs: Inputs<N>, attributes: Attributes<A>): Shape[]
  cost(inputs: Inputs<N>, attributes: Attributes<A>, outputs: readonly Tensor[]): Cost
  /** The number of pairs of a played call, where cost is per pair. */
  pairs?(inputs: readonly (Matrix | null)[]): number
  /** The gradient rule: appends instructions that add to the gradients of the inputs. Absent: the op is not differentiable. */
  gradient?(p: Program, call: Differentiation<N, A>): void
  /** Looks at ids and spans before a program is played. */
  check?: Check
  kernel: Kernel
}

/** An op as model code uses it: `layerNorm(p, { x, gamma, beta }, { epsilon })` appends an instruction and returns its outputs. */
export interface Op<N extends string, A extends Record<string, AttributeRule>> {
  (p: Program, inputs: Inputs<N>, ...attributes: keyof A extends never ? [] : [Attributes<A>]): Tensor[]
  /** The same, written into some columns of planned tensors. */
  into(p: Program, outputs: readonly Tensor[], inputs: Inputs<N>, attributes: Attributes<A>): void
  row: OpRow<N, A>
}

const table = new Map<string, OpRow>()

/** The op table: every op that has been defined, by name. */
export const opTable: ReadonlyMap<string, OpRow> = table

/** Enters a row into the op table. */
export function defineOp<const N extends string, const A extends Record<string, AttributeRule>, const O extends string>(
  row: OpRow<N, A, O>,
): Op<N, A> {
  if (table.has(row.name)) throw new GlassformerError('ERR_INTERNAL', `op ${row.name} is defined twice`)
  table.set(row.name, row as unknown as OpRow)
  const append = (p: Program, inputs: Inputs<N>, attributes: Attributes<A>, into?: readonly Tensor[]) => {
    checkInputs(row, inputs as Record<string, Tensor | null | undefined>)
    const shapes = row.shapes(inputs, attributes)
    if (into) checkInto(row, shapes, into)
    return p.append(row as unknown as OpRow, inputs as Record<string, Tensor>, attributes, shapes, into)
  }
  return Object.assign(
    (p: Program, inputs: Inputs<N>, attributes?: Attributes<A>) =>
      append(p, inputs, attributes ?? ({} as Attributes<A>)),
    {
      into: (p: Program, outputs: readonly Tensor[], inputs: Inputs<N>, attributes: Attributes<A>) =>
        void append(p, inputs, attributes, outputs),
      row,
    },
  ) as Op<N, A>
}

function checkInto(
  { name, outputs }: { name: string; outputs: readonly string[] },
  shapes: readonly Shape[],
  into: readonly Tensor[],
): void {
  shapes.forEach(({ rows, width }, i) => {
    expectShape(
      into[i]?.rows === rows && into[i].width === width,
      name,
      `${optionalName(outputs[i])} [${rows}, ${width}] does not fit ${into[i]}`,
    )
  })
}

export const optionalName = (name: string) => (name.endsWith('?') ? name.slice(0, -1) : name)

function checkInputs(
  row: OpRow<string, Record<string, AttributeRule>>,
  inputs: Record<string, Tensor | null | undefined>,
): void {
  for (const declared of row.inputs) {
    const name = optionalName(declared)
    const tensor = inputs[name]
    if (!tensor) {
      if (declared === name) throw new GlassformerError('ERR_SHAPE', `${row.name}: input ${name} is missing`)
      continue
    }
    const allowed = dtypesOf(row, name)
    expectShape(
      allowed.includes(tensor.dtype),
      row.name,
      `${name} must be ${allowed.join(' or ')}, ${tensor} is ${tensor.dtype}`,
    )
    if ((row.writes as readonly string[] | undefined)?.includes(name))
      expectShape(tensor.kind === 'bound', row.name, `${name} is written to and must be bound, ${tensor} is not`)
    if (tensor.encoding === 'float32') continue
    const readable = (row.encoded as readonly string[] | undefined)?.includes(name) && !tensor.isView
    expectShape(readable === true, row.name, `${name} cannot be ${tensor}, which is stored as ${tensor.encoding}`)
  }
}

function dtypesOf({ integers, narrow }: OpRow<string, Record<string, AttributeRule>>, name: string): DType[] {
  if ((integers as readonly string[] | undefined)?.includes(name)) return ['i32']
  return (narrow as readonly string[] | undefined)?.includes(name) ? ['f32', 'bf16'] : ['f32']
}

/** Throws ERR_SHAPE with the op's name unless `condition` holds. */
export function expectShape(condition: boolean, op: string, what: string): asserts condition {
  if (!condition) throw new GlassformerError('ERR_SHAPE', `${op}: ${what}`)
}

/** Throws ERR_SHAPE unless a tensor, where it is there, is [rows, width]. */
export function expectIs(op: string, tensor: Tensor | null | undefined, rows: Rows, width: number): void {
  expectShape(!tensor || (tensor.rows === rows && tensor.width === width), op, `${tensor} is not [${rows}, ${width}]`)
}

function isNumber(rule: AttributeRule, value: unknown): value is number {
  if (rule === 'integer') return Number.isSafeInteger(value)
  if (rule === 'count') return Number.isSafeInteger(value) && (value as number) > 0
  return rule === 'number' && typeof value === 'number'
}

/** An attribute as the number that kernels get. */
export function encodeAttribute(op: string, name: string, rule: AttributeRule, value: unknown): number {
  if (isNumber(rule, value)) return value
  if (rule === 'boolean' && typeof value === 'boolean') return value ? 1 : 0
  const index = Array.isArray(rule) ? rule.indexOf(value) : -1
  expectShape(index >= 0, op, `attribute ${name} cannot be ${JSON.stringify(value)}`)
  return index
}
