import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/number-text.ts'
import type { TensorArray } from '../../engine/backend/backend.ts'
import type { ModelChange } from '../../engine/decode/generator.ts'
import type { ModelConfig } from '../../engine/model/config.ts'
import type { Program } from '../../engine/program/program.ts'
import { replaceRows, splitResidual, switchOff } from './edit-program.ts'
import type { Making } from './making.ts'
import type { Intervention } from './options.ts'
import { attentionPaths, unknownTensor } from './tensor-names.ts'

type HeadOff = Intervention & { kind: 'headOff' }

/** A tensor of which some rows, or all by default, are replaced. */
export interface Replaced {
  /** Its name in the caller's options. */
  name: string
  /** Its name in the program: where the residual was split off, the name of the sum. */
  tensor: string
  columns?: readonly [number, number]
  isProduct: boolean
  width: number
  /** The symbol of its rows. */
  symbol: string
  rows?: readonly number[]
  values: Float32Array
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
 * The replaced tensor, by a name of the trace or of the `forced` program's listing. @throws GlassformerError ERR_OPTION
 * for a name that is not a tensor, or a tensor that can only be inspected
 */
export function checkReplaced(
  { tensor: name, rows, values }: Intervention & { kind: 'replace' },
  names: ReadonlyMap<string, Making>,
  forced: Program,
): Replaced {
  const listed = forced.instructions.flatMap(({ outputs }) => outputs.map((tensor) => tensor.name))
  const making = names.get(name) ?? (listed.includes(name) ? { by: 'computed' as const, tensor: name } : null)
  if (!making) throw unknownTensor(name, [...names.keys(), ...listed])
  if (making.by !== 'computed' && making.by !== 'product')
    throw new GlassformerError('ERR_OPTION', `${name} cannot be replaced: ${insteadOf(making)}`)
  const tensor = forced.find(making.tensor)!
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
    rows,
    values: Float32Array.from(values),
  }
}

/** The tensor to replace instead of one that cannot be replaced. */
function insteadOf(making: Exclude<Making, { by: 'computed' | 'product' }>): string {
  if ('side' in making) return `replace ${making.side}.embedded, which is the embedding with its position`
  if (making.by === 'learned') return 'it is a weight of the model'
  if (making.by === 'inside')
    return `it exists only within the recurrence; replace ${making.path}.candidate or ${making.path}.output`
  const { path } = making.attention
  return `it exists only within the instruction that attends; replace ${path}.heads, what the heads make of it`
}

/**
 * Interventions as edits of recorded programs: heads that are off, and replaced tensors with the symbol `rows` for the
 * number of rows.
 */
export class ModelEdits implements ModelChange {
  readonly arrays: Record<string, TensorArray> = {}
  readonly #config: ModelConfig
  readonly #off: readonly HeadOff[]
  readonly #replaced: readonly Replaced[]
  /** The number of replaced rows of each tensor, and its total number of rows. */
  readonly #counts = new Map<Replaced, { replaced: number; all: number }>()

  /**
   * `rows`: the value of each symbol; tensors with other rows are not replaced. @throws GlassformerError ERR_OPTION
   * where values do not fit
   */
  constructor(
    config: ModelConfig,
    off: readonly HeadOff[],
    replaced: readonly Replaced[],
    rows: Readonly<Record<string, number>>,
  ) {
    this.#config = config
    this.#off = off
    this.#replaced = replaced.filter(({ symbol }) => symbol in rows)
    this.#replaced.forEach((each, i) => {
      const at = rowsOf(each, rows[each.symbol])
      this.arrays[bindingsOf(i).rows] = Int32Array.from(at)
      this.arrays[bindingsOf(i).values] = each.values
      this.#counts.set(each, { replaced: at.length, all: rows[each.symbol] })
    })
  }

  edit(p: Program): void {
    for (const { attention, head } of this.#off) {
      const side = attention.startsWith('encoder') ? 'encoder' : 'decoder'
      switchOff(p, attention, this.#config[side].heads, head)
    }
    this.#replaced.forEach((each, i) => {
      // A search step has different rows, one for each hypothesis.
      if (p.find(each.tensor)?.rows !== each.symbol) return
      const tensor = each.isProduct ? splitResidual(p, each.tensor)! : each.tensor
      const { replaced, all } = this.#counts.get(each)!
      replaceRows(p, { tensor, columns: each.columns, rows: replaced, bindings: bindingsOf(i) })
      // From here on the tensor is an output of the program, which needs an array.
      this.arrays[tensor] ??= new Float32Array(all * p.find(tensor)!.width)
    })
  }
}

const bindingsOf = (index: number) => ({ rows: `replaced.${index}.rows`, values: `replaced.${index}.values` })

/** The indices of the replaced rows, below `count`. @throws GlassformerError ERR_OPTION */
function rowsOf({ name, rows, values, width }: Replaced, count: number): readonly number[] {
  const at = rows ?? Array.from({ length: count }, (_, row) => row)
  const refuse = (what: string) => new GlassformerError('ERR_OPTION', `${name} cannot be replaced so: ${what}`)
  for (const row of at)
    if (row >= count) throw refuse(`there is no row ${row} of ${counted(count, 'row')}, 0 to ${count - 1}`)
  if (new Set(at).size < at.length) throw refuse('a row is named twice')
  if (values.length !== at.length * width)
    throw refuse(`${counted(at.length, 'row')} of ${width} need ${at.length * width} values, not ${values.length}`)
  return at
}
