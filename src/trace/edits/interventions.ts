import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import type { Player, TensorArray } from '../../engine/backend/interface/backend.ts'
import type { ModelChange } from '../../engine/decode/generator.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import { LoadedProgram, type PlayedProgram } from '../../engine/program/loaded.ts'
import type { Program } from '../../engine/program/program.ts'
import type { TracedTensor } from '../data/trace.ts'
import { asOutput, lastWriter, productOf, replaceRows, splitResidual, switchOff } from './edit-program.ts'
import { type Bound, type Hook, HookedProgram } from './hooked-program.ts'
import type { Intervention, TensorValues } from './intervention.ts'
import { substituteRows } from './substitute-rows.ts'
import { attentionPaths, unknownTensor } from './tensor-names.ts'
import type { TensorOrigin } from './tensor-origin.ts'

type HeadOff = Intervention & { kind: 'headOff' }

/** A tensor of the model that an intervention changes. */
export interface ChangedTensor {
  /** Its name in the caller's options. */
  name: string
  /** Its name in the program: where the residual was split off, the name of the sum. */
  tensor: string
  columns?: readonly [number, number]
  isProduct: boolean
  width: number
  /** The symbol of its rows in the program of the whole model. */
  symbol: string
}

/** A tensor of which some rows are replaced. */
export interface Replaced extends ChangedTensor {
  /** The values [width] in place of those of the token at a position; null: they stay. */
  at(position: number): Float32Array | null
}

/** A tensor that a function reads and changes, wherever a program computes it. */
export interface Applied extends ChangedTensor {
  apply(values: TensorValues): void
}

/** @throws GlassformerError ERR_OPTION where the model has no such head */
export function checkHead({ attention, head }: HeadOff, config: ModelConfig): HeadOff {
  const paths = attentionPaths(config)
  const side = paths.get(attention)
  if (!side)
    throw new GlassformerError(
      'ERR_OPTION',
      `the model has no attention '${attention}'${didYouMean(attention, paths.keys())}: it has ${[...paths.keys()].join(', ')}`,
    )
  const { heads } = config[side]
  if (head >= heads)
    throw new GlassformerError(
      'ERR_OPTION',
      `${attention} has ${heads} heads, 0 to ${heads - 1}: there is no head ${head}`,
    )
  return { kind: 'headOff', attention, head }
}

/**
 * A tensor to change, by a name of the trace or of the `forced` program's listing. @throws GlassformerError ERR_OPTION
 * for a name that is not a tensor, or a tensor that can only be inspected
 */
export function checkChanged(name: string, names: ReadonlyMap<string, TensorOrigin>, forced: Program): ChangedTensor {
  const listed = forced.instructions.flatMap(({ outputs }) => outputs.map((tensor) => tensor.name))
  const making = names.get(name) ?? (listed.includes(name) ? { by: 'computed' as const, tensor: name } : null)
  if (!making) throw unknownTensor(name, [...names.keys(), ...listed])
  if (making.by !== 'computed' && making.by !== 'product')
    throw new GlassformerError('ERR_OPTION', `${name} cannot be replaced: ${insteadOf(making)}`)
  if (making.by === 'computed' && making.factor !== undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `${name} cannot be replaced: its rows are those of compressed memory; replace ${name.replace(/\w+$/, 'heads')}`,
    )
  const tensor = present(forced.find(making.tensor))
  const columns = making.by === 'computed' ? making.columns : undefined
  if (typeof tensor.rows !== 'string' || tensor.dtype !== 'float32')
    throw new GlassformerError('ERR_OPTION', `${name} cannot be replaced: its rows are no tokens`)
  return {
    name,
    tensor: making.tensor,
    columns,
    isProduct: making.by === 'product',
    width: columns ? columns[1] - columns[0] : tensor.width,
    symbol: tensor.rows,
  }
}

/**
 * Given values in place of a tensor's. `counts`: the number of rows of each symbol, as far as it is known; a
 * translation that is searched for may end before a replaced row. @throws GlassformerError ERR_OPTION where the values
 * do not fit
 */
export function replacedBy(
  changed: ChangedTensor,
  { rows, values }: Intervention & { kind: 'replace' },
  counts: Readonly<Record<string, number>>,
): Replaced {
  const { width } = changed
  const given = Float32Array.from(values)
  const at = rows ?? Array.from({ length: counts[changed.symbol] ?? Math.ceil(given.length / width) }, (_, row) => row)
  const places = checkRows(changed.name, at, counts[changed.symbol])
  if (given.length !== at.length * width)
    throw refusal(
      changed.name,
      `${counted(at.length, 'row')} of ${width} need ${at.length * width} values, not ${given.length}`,
    )
  return {
    ...changed,
    at(position) {
      const place = places.get(position)
      return place === undefined ? null : given.subarray(place * width, (place + 1) * width)
    },
  }
}

/** Zeros, means or noise in place of a tensor's values. `unchanged`: the tensor without the change; zeros need none. */
export function ablatedBy(
  changed: ChangedTensor,
  { rows, with: by = 'zero', seed = 1 }: Intervention & { kind: 'ablate' },
  counts: Readonly<Record<string, number>>,
  unchanged: TracedTensor | null,
): Replaced {
  const places = rows && checkRows(changed.name, rows, counts[changed.symbol])
  const substitute = substituteRows(by, changed.width, unchanged, seed)
  return { ...changed, at: (position) => (places && !places.has(position) ? null : substitute(position)) }
}

/** The tensor to replace instead of one that cannot be replaced. */
function insteadOf(making: Exclude<TensorOrigin, { by: 'computed' | 'product' }>): string {
  if ('side' in making) return `replace ${making.side}.embedded, which is the embedding with its position`
  if (making.by === 'learned') return 'it is a weight of the model'
  if (making.by === 'inside')
    return `it exists only within the recurrence; replace ${making.path}.candidate or ${making.path}.output`
  const { path } = making.attention
  return `it exists only within the instruction that attends; replace ${path}.heads, what the heads make of it`
}

/** Interventions as changes of recorded programs: heads that are off, replaced tensors, and functions of tensors. */
export class ModelEdits implements ModelChange {
  readonly #config: ModelConfig
  readonly #off: readonly HeadOff[]
  readonly #replaced: readonly Replaced[]
  readonly #applied: readonly Applied[]

  constructor(
    config: ModelConfig,
    off: readonly HeadOff[] = [],
    replaced: readonly Replaced[] = [],
    applied: readonly Applied[] = [],
  ) {
    this.#config = config
    this.#off = off
    this.#replaced = replaced
    this.#applied = applied
  }

  /** Whether values are written that no instruction computes. */
  get writes(): boolean {
    return this.#replaced.length > 0 || this.#applied.length > 0
  }

  /** The names, in the program, of tensors that are written to. */
  get written(): ReadonlySet<string> {
    return new Set([...this.#replaced, ...this.#applied].map(productName))
  }

  /** Whether a tensor above the decoder's last state is written, for which a search has to see all logits. */
  get writesLogits(): boolean {
    return [...this.#replaced, ...this.#applied].some(({ tensor }) => tensor === LOGITS)
  }

  load(player: Player, p: Program): PlayedProgram {
    this.edit(p)
    return this.loaded(player, p)
  }

  /** Records the changes. */
  edit(p: Program): void {
    for (const { attention, head } of this.#off) {
      const side = attention.startsWith('encoder') ? 'encoder' : 'decoder'
      switchOff(p, attention, this.#config[side].heads, head)
    }
    this.#replaced.forEach((each, i) => {
      const tensor = changedIn(p, each)
      if (tensor === null) return
      replaceRows(p, { tensor, columns: each.columns, rows: `replaced.${i}`, bindings: bindingsOf(i) })
    })
    for (const each of this.#applied) {
      const tensor = changedIn(p, each)
      if (tensor !== null) asOutput(p, present(p.find(tensor)))
    }
  }

  /** Loads a program in which the changes have been recorded. */
  loaded(player: Player, p: Program): PlayedProgram {
    if (!this.writes) return new LoadedProgram(player, p)
    const hooks = this.#applied.flatMap((each): Hook[] => {
      const tensor = p.find(inProgram(p, productName(each)))
      if (!tensor) return []
      return [{ at: lastWriter(p, tensor) + 1, tensor, run: (values, bound) => applyTo(each, tensor, values, bound) }]
    })
    const names = new Set(p.bound.map(({ name }) => name))
    const used = [...this.#replaced.entries()].filter(([i]) => names.has(bindingsOf(i).rows))
    const symbols = used.map(([, each]) => present(p.find(inProgram(p, productName(each)))).rows as string)
    return new HookedProgram(player, p, hooks, (bound) => {
      const rows: Record<string, number> = { ...bound.rows }
      const arrays: Record<string, TensorArray> = { ...bound.arrays }
      used.forEach(([i, each], n) => {
        const { slots, values } = replacements(each, positionsOf(symbols[n], bound))
        rows[`replaced.${i}`] = slots.length
        arrays[bindingsOf(i).rows] = Int32Array.from(slots)
        arrays[bindingsOf(i).values] = values
      })
      return { rows, arrays }
    })
  }
}

const LOGITS = 'output.out'
const bindingsOf = (index: number) => ({ rows: `replaced.${index}.rows`, values: `replaced.${index}.values` })

/** The name of the changed tensor once its residual has been split off. */
const productName = ({ tensor, isProduct }: ChangedTensor) => (isProduct ? productOf(tensor) : tensor)

/** A step that hands its logits on has another name for them. */
const inProgram = (p: Program, name: string) => (name === LOGITS && !p.find(name) ? 'logits' : name)

/** The name of a changed tensor in a program, where its residual is split off; null where the program does not compute it. */
function changedIn(p: Program, { tensor, isProduct }: ChangedTensor): string | null {
  const name = inProgram(p, tensor)
  if (typeof p.find(name)?.rows !== 'string' && !p.find(productOf(name))) return null
  return isProduct ? splitResidual(p, name) : name
}

/** The rows to write of a play, whose tokens stand at these positions. */
function replacements(each: Replaced, positions: Int32Array): { slots: number[]; values: Float32Array } {
  const slots: number[] = []
  const found: Float32Array[] = []
  for (const [row, position] of positions.entries()) {
    const values = each.at(position)
    if (!values) continue
    slots.push(row)
    found.push(values)
  }
  const values = new Float32Array(slots.length * each.width)
  found.forEach((row, i) => void values.set(row, i * each.width))
  return { slots, values }
}

/** The position of each row's token. Rows of a step are hypotheses; other programs read one sentence, or several copies of it. */
function positionsOf(symbol: string, { rows, arrays }: Bound): Int32Array {
  if (symbol === 'R') return Int32Array.from(arrays.lengths.subarray(0, rows.R), (length) => length - 1)
  const length = rows[symbol] / (rows.B || 1)
  return Int32Array.from({ length: rows[symbol] }, (_, row) => row % length)
}

/** Calls a function with some columns of a tensor, and writes back what it has changed. */
function applyTo({ name, columns, apply }: Applied, tensor: Tensor, whole: Float32Array, bound: Bound): void {
  const positions = positionsOf(tensor.rows as string, bound)
  const count = positions.length
  const [from, to] = columns ?? [0, tensor.width]
  const width = to - from
  const values = new Float32Array(count * width)
  for (let row = 0; row < count; row++)
    values.set(whole.subarray(row * tensor.width + from, row * tensor.width + to), row * width)
  apply({ name, shape: [count, width], values, positions })
  for (let row = 0; row < count; row++)
    whole.set(values.subarray(row * width, (row + 1) * width), row * tensor.width + from)
}

const refusal = (name: string, what: string) =>
  new GlassformerError('ERR_OPTION', `${name} cannot be replaced so: ${what}`)

/** The place of each replaced row among them. @throws GlassformerError ERR_OPTION for a row that is not below `count`, or named twice */
function checkRows(name: string, rows: readonly number[], count: number | undefined): ReadonlyMap<number, number> {
  for (const row of rows)
    if (count !== undefined && row >= count)
      throw refusal(name, `there is no row ${row} of ${counted(count, 'row')}, 0 to ${count - 1}`)
  const places = new Map(rows.map((row, place) => [row, place]))
  if (places.size < rows.length) throw refusal(name, 'a row is named twice')
  return places
}
