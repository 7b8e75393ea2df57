import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { Player, TensorArray } from '../../engine/backend/interface/backend.ts'
import { raggedPairs, type TokenPair } from '../../engine/decode/step/index.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import { PositionTable } from '../../engine/model/position-table.ts'
import type { PlayedProgram } from '../../engine/program/loaded.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { TracedSweep, TracedTensor } from '../data/trace.ts'
import { asOutput, prune, replaceRows, splitResidual } from '../edits/edit-program.ts'
import { type ChangedTensor, checkChanged, type ModelEdits } from '../edits/interventions.ts'
import { substituteRows } from '../edits/substitute-rows.ts'
import { matchNames } from '../edits/tensor-names.ts'
import type { TensorOrigin } from '../edits/tensor-origin.ts'
import { Projection } from '../play/projection.ts'
import { TracedPlay, wholeProgram } from '../play/traced-play.ts'
import { aligned } from './alignment.ts'
import type { ResolvedSweep } from './settings.ts'

/** Tokens of one batch of copies of the sentence. */
const TOKENS = 2048

/** A sweep over one sentence. */
export interface AskedSweep {
  player: Player
  weights: Weights
  /** The sentence and its target, up to the step that is measured. */
  pair: TokenPair
  /** The second source; null: none. */
  second: readonly number[] | null
  edits: ModelEdits
  options: ResolvedSweep
  names: ReadonlyMap<string, TensorOrigin>
  /** The token whose logit or probability is measured, its rival, and at which step; null for the loss. */
  measured: { step: number; answer: number; rival: number } | null
}

type Found = Pick<TracedSweep, 'rows' | 'plain' | 'other' | 'values' | 'aligned'> & {
  side: 'source' | 'target'
  heads: number
}

/** One run with one tensor changed: a row and a column of the sweep. */
interface Cell {
  tensor: number
  column: number
  rows: readonly number[]
  values: Float32Array
}

/**
 * Measures the model once for each tensor (row) and position or head (column), with the tensor replaced there (activation
 * patching, Vig et al. 2020; Meng et al. 2022). Runs of several cells are one batch.
 * @throws GlassformerError ERR_OPTION for tensors that cannot be replaced, and for heads of what has none
 */
export function* sweeping(asked: AskedSweep): Generator<void, Found> {
  const { player, weights, pair, second, edits, options, names } = asked
  const tensors = sweptTensors(asked)
  const makings = tensors.map(({ name }) => names.get(name) ?? ({ by: 'computed', tensor: name } as const))
  const own = new TracedPlay(player, weights, pair, edits, makings)
  const other = second && new TracedPlay(player, weights, { source: second, target: pair.target }, edits, makings)
  yield
  const isOfSource = tensors[0].symbol === 'S' && !isDecoderOnly(weights.config)
  const alignedSources = second ? aligned(pair.source, second, options.align) : []
  const runs = new ChangedRuns(asked, tensors)
  const cells: Cell[] = []
  for (const [t, tensor] of tensors.entries()) {
    const values = own.tensor(makings[t])
    const donor = donorOf(values, other?.tensor(makings[t]) ?? null, isOfSource ? alignedSources : null, options)
    cells.push(...cellsOf(t, tensor, values, donor, asked))
  }
  const columns = options.over === 'head' ? headsOf(tensors[0].name, weights) : own.tensor(makings[0]).shape[0]
  const found: (number | null)[][] = tensors.map(() => new Array(columns).fill(null))
  const plain = runs.measure(pair, [])[0]
  const otherwise = second && runs.measure({ source: second, target: pair.target }, [])[0]
  yield
  const most = Math.max(1, Math.floor(TOKENS / (pair.source.length + pair.target.length)))
  for (let first = 0; first < cells.length; first += most) {
    const some = cells.slice(first, first + most)
    const numbers = runs.measure(pair, some)
    for (const [i, { tensor, column }] of some.entries()) found[tensor][column] = numbers[i]
    yield
  }
  return {
    rows: tensors.map(({ name }) => name),
    plain,
    other: otherwise,
    values: found,
    aligned: alignedSources,
    side: isOfSource ? 'source' : 'target',
    heads: columns,
  }
}

/** The tensors of the sweep, which have rows of one side. @throws GlassformerError ERR_OPTION */
function sweptTensors({ weights, options, names }: AskedSweep): ChangedTensor[] {
  const whole = wholeProgram(weights, false)
  const listed = whole.instructions.flatMap(({ outputs }) => outputs.map((tensor) => tensor.name))
  const found = [...matchNames(options.tensors, names, listed).keys()].map((name) => checkChanged(name, names, whole))
  const refuse = (what: string) => new GlassformerError('ERR_OPTION', `option 'sweep.tensors': ${what}`)
  const others = found.find(({ symbol }) => symbol !== found[0].symbol)
  if (others)
    throw refuse(`${found[0].name} and ${others.name} have rows of different tokens: sweep over one side at a time`)
  if (options.over === 'head')
    for (const { name } of found)
      if (!name.endsWith('.heads'))
        throw refuse(`${name} has no heads: those of an attention are in its tensor '….heads'`)
  const counts = new Set(options.over === 'head' ? found.map(({ name }) => headsOf(name, weights)) : [])
  if (counts.size > 1) throw refuse('attentions of different numbers of heads cannot be in one sweep')
  return found
}

const headsOf = (name: string, { config }: Weights): number =>
  config[name.startsWith('encoder') ? 'encoder' : 'decoder'].heads

/** The values that take the place of each row of a tensor; null: it stays. */
function donorOf(
  own: TracedTensor,
  other: TracedTensor | null,
  rows: readonly (number | null)[] | null,
  { with: by, seed }: ResolvedSweep,
): (row: number) => Float32Array | null {
  const width = own.shape[1]
  if (!other) return substituteRows(by, width, own, seed)
  return (row) => {
    const from = rows ? rows[row] : row
    return from === null || from >= other.shape[0] ? null : other.values.subarray(from * width, (from + 1) * width)
  }
}

/** The cells of one tensor: a position each, or a head each at all positions. */
function cellsOf(
  tensor: number,
  { name }: ChangedTensor,
  { shape: [count, width], values }: TracedTensor,
  donor: (row: number) => Float32Array | null,
  { options, weights }: AskedSweep,
): Cell[] {
  if (options.over === 'position')
    return Array.from({ length: count }, (_, row) => ({ row, given: donor(row) })).flatMap(({ row, given }) =>
      given ? [{ tensor, column: row, rows: [row], values: given }] : [],
    )
  const heads = headsOf(name, weights)
  const dHead = width / heads
  const rows = Array.from({ length: count }, (_, row) => row).filter((row) => donor(row))
  if (!rows.length) return []
  return Array.from({ length: heads }, (_, head): Cell => {
    const all = new Float32Array(rows.length * width)
    for (const [i, row] of rows.entries()) {
      all.set(values.subarray(row * width, (row + 1) * width), i * width)
      all.set(present(donor(row)).subarray(head * dHead, (head + 1) * dHead), i * width + head * dHead)
    }
    return { tensor, column: head, rows, values: all }
  })
}

/** The whole model over copies of a pair, in each of which one tensor is replaced. */
class ChangedRuns {
  readonly #asked: AskedSweep
  readonly #program: PlayedProgram
  readonly #tensors: readonly ChangedTensor[]
  readonly #positions: PositionTable
  readonly #projection: Projection
  readonly #bound: readonly { name: string; rows: string; width: number }[]
  /** The name of the tensor whose rows are measured: the decoder's states, or logits. */
  readonly #result: string

  constructor(asked: AskedSweep, tensors: readonly ChangedTensor[]) {
    const { player, weights, edits } = asked
    const p = wholeProgram(weights, false)
    edits.edit(p)
    for (const [t, { tensor, columns, isProduct }] of tensors.entries())
      replaceRows(p, {
        tensor: isProduct ? present(splitResidual(p, tensor)) : tensor,
        columns,
        rows: `swept.${t}`,
        bindings: { rows: `swept.${t}.rows`, values: `swept.${t}.values` },
      })
    const isOfLogits = tensors.some(({ tensor }) => tensor === 'output.out')
    const last = present(p.instructions.find(({ op, path }) => op.name === 'linear' && path.join('.') === 'output'))
    const result = asOutput(p, isOfLogits ? present(p.find('output.out')) : present(last.inputs[0]))
    prune(p, [result])
    this.#asked = asked
    this.#tensors = tensors
    this.#positions = PositionTable.of(weights.config)
    this.#projection = new Projection(player, weights, isOfLogits)
    this.#bound = p.bound.map(({ name, rows, width }) => ({ name, rows: String(rows), width }))
    this.#result = result.name
    this.#program = edits.loaded(player, p)
  }

  /** The number of each cell; without cells that of the pair as it is. */
  measure(pair: TokenPair, cells: readonly Cell[]): number[] {
    const { weights, measured } = this.#asked
    const copies = Math.max(1, cells.length)
    const bound = raggedPairs(new Array(copies).fill(pair), weights.config, this.#positions)
    const rows: Record<string, number> = { ...bound.rows }
    const arrays: Record<string, TensorArray> = { ...bound.arrays }
    for (const [t, { symbol, width }] of this.#tensors.entries()) {
      const slots: number[] = []
      const values: Float32Array[] = []
      for (const [copy, cell] of cells.entries()) {
        if (cell.tensor !== t) continue
        const length = rows[symbol] / copies
        for (const row of cell.rows) slots.push(copy * length + row)
        values.push(cell.values)
      }
      rows[`swept.${t}`] = slots.length
      arrays[`swept.${t}.rows`] = Int32Array.from(slots)
      const all = new Float32Array(slots.length * width)
      let at = 0
      for (const each of values) {
        all.set(each, at)
        at += each.length
      }
      arrays[`swept.${t}.values`] = all
    }
    for (const { name, rows: symbol, width } of this.#bound)
      if (symbol in rows) arrays[name] ??= new Float32Array(rows[symbol] * width)
    this.#program.play(rows, arrays)
    const states = arrays[this.#result] as Float32Array
    const T = pair.target.length
    return Array.from({ length: copies }, (_, copy) => {
      if (measured)
        return this.#projection.row(states, copy * T + measured.step, (logits) => numberOf(this.#asked, logits))
      let loss = 0
      for (const [t, id] of pair.target.entries())
        loss -= this.#projection.row(states, copy * T + t, (logits) => logits[id] - logSum(logits))
      return loss / T
    })
  }
}

function numberOf({ measured, options }: AskedSweep, logits: Float32Array): number {
  const { answer, rival } = present(measured)
  if (options.measure === 'probability') return Math.exp(logits[answer] - logSum(logits))
  return logits[answer] - logits[rival]
}

/** log Σ exp(logit). */
function logSum(logits: Float32Array): number {
  let most = -Infinity
  for (const logit of logits) if (logit > most) most = logit
  let sum = 0
  for (const logit of logits) sum += Math.exp(logit - most)
  return most + Math.log(sum)
}
