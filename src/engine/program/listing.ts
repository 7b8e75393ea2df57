import { present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import type { Matrix, PlayerInfo, TensorArray } from '../backend/interface/backend.ts'
import { storedSize } from '../backend/interface/packed.ts'
import type { AttributeRule, Instruction, OpRow, Recording } from './instructions/instruction.ts'
import { optionalName } from './instructions/op.ts'
import type { Tensor } from './instructions/tensor.ts'
import { pairSymbol } from './operands/attention.ts'

/** The parts of one play that a listing shows: the rows of each symbol, the seconds of each instruction, and the pairs that attention saw. */
export interface Bound {
  rows: Readonly<Record<string, number>>
  /** Bound integer arrays by name; pairs and offsets are read from them. */
  arrays?: Readonly<Record<string, TensorArray>>
  /** Seconds per instruction. */
  times?: ArrayLike<number>
}

/** A program as text: a line for each instruction with op, operands, shapes, attributes and cost, and then the sums. */
export function listing(program: Recording, bound?: Bound, info?: PlayerInfo): string {
  const lines = program.instructions.map((instruction, i) => describe(instruction, i, bound))
  const widths = [0, 1, 2, 3, 4, 5, 6, 7].map((column) => Math.max(0, ...lines.map((cells) => cells[column].length)))
  const rows = bound
    ? ` · ${Object.entries(bound.rows)
        .map(([symbol, value]) => `${symbol} = ${value}`)
        .join(', ')}`
    : ''
  const player = info ? ` · ${info.backend} (${info.isa}, BLAS ${info.blas}, ${counted(info.threads, 'thread')})` : ''
  const body = lines.map((cells) =>
    cells
      .map((cell, i) => (i === 0 || i > 4 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd(),
  )
  return [
    `${program.name} · ${program.instructions.length} instructions${rows}${player}`,
    ...spans(program, bound),
    ...body,
    total(program, bound),
  ].join('\n')
}

function describe(instruction: Instruction, index: number, bound?: Bound): string[] {
  const { op, inputs, outputs, attributes } = instruction
  const operands = inputs.map((t) => t && operand(t)).filter(Boolean)
  const written = inputs.filter((t, i): t is Tensor => t !== null && isWritten(op, op.inputs[i]))
  const results = (outputs.length ? outputs : written).map((t) => shape(t, bound)).join(', ')
  const seconds = bound?.times?.[index]
  return [
    String(index),
    op.name,
    operands.join(', '),
    `→ ${results}`,
    Object.entries(op.attributes)
      .map(([name, rule]) => attributeText(op, name, rule, attributes[name]))
      .filter(Boolean)
      .join(', '),
    costText(instruction, bound),
    seconds === undefined ? '' : quantity(seconds, 's'),
    seconds === undefined ? '' : rateText(instruction, seconds, present(bound)),
  ]
}

const isWritten = ({ writes }: OpRow, input: string) => writes?.includes(optionalName(input)) ?? false

const operand = (t: Tensor) => `${t.name}${t.isView ? `[${t.column}:${t.column + t.width}]` : ''}${heldIn(t)}`

/** The format of a tensor's numbers, where they are neither float32 nor integers. */
function heldIn({ encoding, dtype }: Tensor): string {
  if (dtype === 'bfloat16') return ' in bfloat16'
  return encoding === 'float32' || encoding === 'float32panels' ? '' : ` in ${encoding}`
}

const shape = (t: Tensor, bound?: Bound) =>
  `${t.name} [${bound && typeof t.rows === 'string' ? (bound.rows[t.rows] ?? t.rows) : t.rows}, ${t.width}]`

function attributeText({ neutral = {}, unlisted }: OpRow, name: string, rule: AttributeRule, value: unknown): string {
  if (unlisted?.includes(name) || value === neutral[name]) return ''
  if (rule === 'boolean') return value ? name : ''
  if (typeof value === 'number') return `${name} ${Number(value.toPrecision(6))}`
  return name in neutral ? String(value) : `${name} ${value}`
}

/** FLOPs of one instruction when bound; null where they are not known. */
export function flopsOf(instruction: Instruction, bound: Bound): number | null {
  const { per, flops } = costOf(instruction)
  if (per === 'pairs') {
    const pairs = pairsOf(instruction, bound)
    return pairs === null ? null : flops * pairs
  }
  return flops * (typeof per === 'number' ? per : bound.rows[per])
}

function costOf({ op, inputs, outputs, attributes }: Instruction) {
  const named = Object.fromEntries(op.inputs.map((name, i) => [optionalName(name), inputs[i]])) as Record<
    string,
    Tensor
  >
  return op.cost(named, attributes as never, outputs)
}

function pairsOf({ op, inputs }: Instruction, bound: Bound): number | null {
  const integers: Record<string, Matrix> = {}
  for (const [i, declared] of op.inputs.entries()) {
    const name = optionalName(declared)
    if (!op.integers?.includes(name)) continue
    const tensor = inputs[i]
    if (!tensor) continue
    const data = bound.arrays?.[tensor.base.name]
    if (!data) return null
    const rows = typeof tensor.rows === 'number' ? tensor.rows : bound.rows[tensor.rows]
    integers[name] = { data, offset: tensor.column, stride: tensor.base.width, rows, width: tensor.width }
  }
  return op.pairs?.(integers) ?? null
}

/** Bytes of the weights that an instruction reads as a whole. */
export function weightBytes(instruction: Instruction): number {
  const { reads = [] } = costOf(instruction)
  return reads.reduce((sum, { encoding, rows, width }) => sum + 4 * storedSize(encoding, rows as number, width), 0)
}

function costText(instruction: Instruction, bound?: Bound): string {
  const { flops, per } = costOf(instruction)
  if (!flops) return ''
  if (bound) {
    const total = flopsOf(instruction, bound)
    if (total !== null) return quantity(total, 'FLOP')
  }
  return `${quantity(flops, 'FLOP')} / ${per === 'pairs' ? 'pair' : typeof per === 'string' ? `row of ${per}` : per}`
}

function rateText(instruction: Instruction, seconds: number, bound: Bound): string {
  const flops = flopsOf(instruction, bound)
  return flops && seconds > 0 ? quantity(flops / seconds, 'FLOP/s') : ''
}

const SPANS_SHOWN = 8

const isSpans = ({ dtype, width }: Tensor) => dtype === 'int32' && width === 2

function spans(program: Recording, bound?: Bound): string[] {
  if (!bound?.arrays) return []
  return program.bound
    .filter((t) => isSpans(t) && present(bound.arrays)[t.name])
    .map((t) => {
      const array = present(bound.arrays)[t.name]
      const count = typeof t.rows === 'string' ? bound.rows[t.rows] : t.rows
      const pairs = Array.from(
        { length: Math.min(count, SPANS_SHOWN) },
        (_, i) => `[${array[2 * i]}, ${array[2 * i + 1]})`,
      )
      return `  ${t.name}: ${pairs.join(' ')}${count > SPANS_SHOWN ? ' …' : ''}`
    })
}

function total(program: Recording, bound?: Bound): string {
  const sums = new Map<string, number>()
  for (const instruction of program.instructions) {
    const { flops, per } = costOf(instruction)
    const known = bound ? flopsOf(instruction, bound) : null
    const key = known !== null || typeof per === 'number' ? '' : ` ${eachText(instruction, per)}`
    sums.set(key, (sums.get(key) ?? 0) + (known ?? flops))
  }
  const parts = [...sums].filter(([, flops]) => flops).map(([key, flops]) => `${quantity(flops, 'FLOP')}${key}`)
  return `total: ${parts.join(' + ')}${bound?.times ? timesText(program, bound.times) : ''}`
}

/** The text of `per`. Pairs name their spans, because the pairs of one attention differ from the pairs of another. */
function eachText({ inputs }: Instruction, per: string): string {
  if (per !== 'pairs') return `a row of ${per}`
  return `a pair of ${pairSymbol(inputs.filter((t): t is Tensor => t !== null && isSpans(t)))}`
}

/** The line that says how long all instructions took, and the share of that time that reads weights. */
function timesText(program: Recording, times: ArrayLike<number>): string {
  let [seconds, reading, bytes] = [0, 0, 0]
  for (const [i, instruction] of program.instructions.entries()) {
    const read = weightBytes(instruction)
    seconds += times[i]
    if (!read) continue
    reading += times[i]
    bytes += read
  }
  const share = `${quantity(reading, 's')} (${((100 * reading) / seconds).toFixed(0)} %)`
  const rate = quantity(bytes / reading, 'B/s')
  return ` in ${quantity(seconds, 's')}${bytes ? `, ${share} of it in what reads ${quantity(bytes, 'B')} of weights, ${rate}` : ''}`
}

/** 1572864 → '1.57 M'; 0.0000123 → '12.3 µ'. */
function quantity(value: number, unit: string): string {
  const steps: [number, string][] = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
    [1, ''],
    [1e-3, 'm'],
    [1e-6, 'µ'],
    [1e-9, 'n'],
  ]
  const [size, prefix] = steps.find(([size]) => Math.abs(value) >= size) ?? [1, '']
  return `${Number((value / size).toPrecision(3))} ${prefix}${unit}`
}
