import { GlassformerError } from '../../../base/errors.ts'
import type { DType } from '../../backend/interface/backend.ts'
import type { AttributeRule, Attributes, Inputs, OpRow, Recording, Shape } from './instruction.ts'
import type { Rows, Tensor } from './tensor.ts'

/** An op as model code uses it: `layerNorm(p, { x, gamma, beta }, { epsilon })` appends an instruction and returns its outputs. */
export interface Op<N extends string, A extends Record<string, AttributeRule>> {
  (p: Recording, inputs: Inputs<N>, ...attributes: keyof A extends never ? [] : [Attributes<A>]): Tensor[]
  /** Appends the same instruction, which writes its outputs into the given tensors, columns of `planned` ones. */
  into(p: Recording, outputs: readonly Tensor[], inputs: Inputs<N>, attributes: Attributes<A>): void
  row: OpRow<N, A>
}

const table = new Map<string, OpRow>()

/** The op table: every defined op by name. */
export const opTable: ReadonlyMap<string, OpRow> = table

/** Enters a row into the op table. */
export function defineOp<const N extends string, const A extends Record<string, AttributeRule>, const O extends string>(
  row: OpRow<N, A, O>,
): Op<N, A> {
  if (table.has(row.name)) throw new GlassformerError('ERR_INTERNAL', `op ${row.name} is defined twice`)
  const entry = row as unknown as OpRow
  table.set(row.name, entry)
  const append = (p: Recording, inputs: Inputs<N>, attributes: Attributes<A>, into?: readonly Tensor[]) => {
    checkInputs(entry, inputs as Record<string, Tensor | null | undefined>)
    const shapes = row.shapes(inputs, attributes)
    if (into) checkInto(entry, shapes, into)
    return p.append(entry, inputs as Record<string, Tensor>, attributes, shapes, into)
  }
  return Object.assign(
    (p: Recording, inputs: Inputs<N>, attributes?: Attributes<A>) =>
      append(p, inputs, attributes ?? ({} as Attributes<A>)),
    {
      into: (p: Recording, outputs: readonly Tensor[], inputs: Inputs<N>, attributes: Attributes<A>) =>
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
  if ((integers as readonly string[] | undefined)?.includes(name)) return ['int32']
  return (narrow as readonly string[] | undefined)?.includes(name) ? ['float32', 'bfloat16'] : ['float32']
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
