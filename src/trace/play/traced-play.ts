import { allocated } from '../../base/allocated.ts'
import { entryOf, present } from '../../base/present.ts'
import type { Player, TensorArray } from '../../engine/backend/interface/backend.ts'
import { raggedPairs, type TokenPair } from '../../engine/decode/step/index.ts'
import { attentionRows, headsFirst } from '../../engine/decode/teacher-forced.ts'
import { PositionTable } from '../../engine/model/position-table.ts'
import { projection } from '../../engine/model/stack/decoder.ts'
import { wholeModel } from '../../engine/model/transformer.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import { embed } from '../../engine/program/ops/embed.ts'
import { Program } from '../../engine/program/program.ts'
import { parameterInFloat32 } from '../../engine/weights/merged-weights.ts'
import type { Weights } from '../../engine/weights/weights.ts'
import type { TracedTensor } from '../data/trace.ts'
import { asOutput, prune, splitResidual } from '../edits/edit-program.ts'
import type { ModelEdits } from '../edits/interventions.ts'
import type { Computed, Side, TensorOrigin } from '../edits/tensor-origin.ts'
import { atTokens, attentionScores, globalWeights, weightsAtTokens, weightsInImage } from './attention-scores.ts'

/** The whole model on a source and a given target, up to the logits; with `tracing` attentions write their weights. */
export function wholeProgram(weights: Weights, tracing: boolean): Program {
  const p = new Program('trace', weights)
  p.tracing = tracing
  projection(p, wholeModel(p, weights.config), weights.config)
  return p
}

/** The values of a tensor, [rows, width]. */
export interface PlayedValues {
  rows: number
  width: number
  values: Float32Array
}

/**
 * Plays as much of a recorded whole model as `wanted`, outputs of it, depend on; `edits` have been recorded in it.
 * Returns their values, by the same keys.
 */
export function playTensors(
  { player, weights, edits }: { player: Player; weights: Weights; edits: ModelEdits },
  pair: TokenPair,
  p: Program,
  wanted: ReadonlyMap<string, Tensor>,
): Map<string, PlayedValues> {
  prune(p, [...wanted.values()])
  const { rows, arrays } = bound(pair, weights)
  const own: Record<string, TensorArray> = { ...arrays }
  const found = new Map<string, PlayedValues>()
  for (const [key, tensor] of wanted) {
    const count = typeof tensor.rows === 'number' ? tensor.rows : rows[tensor.rows]
    const values = allocated(4 * count * tensor.width, () => new Float32Array(count * tensor.width))
    own[tensor.name] = values
    found.set(key, { rows: count, width: tensor.width, values })
  }
  edits.loaded(player, p).play(rows, own)
  return found
}

/** The computed tensors of one pair that some makings need. */
export class TracedPlay {
  readonly #weights: Weights
  readonly #pair: TokenPair
  readonly #values: ReadonlyMap<string, PlayedValues> = new Map()

  /** Runs as much of the model as `makings` need, changed by `edits`. */
  constructor(player: Player, weights: Weights, pair: TokenPair, edits: ModelEdits, makings: Iterable<TensorOrigin>) {
    this.#weights = weights
    this.#pair = pair
    const all = [...makings]
    if (all.every((making) => needsOf(making).length === 0)) return
    const p = wholeProgram(
      weights,
      all.some(({ by }) => by === 'weights' || by === 'inside'),
    )
    edits.edit(p)
    const wanted = new Map<string, Tensor>()
    for (const making of all)
      for (const key of needsOf(making)) if (!wanted.has(key)) wanted.set(key, output(p, making, key))
    this.#values = playTensors({ player, weights, edits }, pair, p, wanted)
  }

  /** A tensor of the program, [rows, width]. */
  values(tensor: string): { rows: number; width: number; values: Float32Array } {
    return entryOf(this.#values, tensor)
  }

  /** The tensor described by a making. */
  tensor(making: TensorOrigin): TracedTensor {
    if (making.by === 'scores') return this.#scores(making)
    if (making.by === 'globalWeights') return this.#globalWeights(making)
    if (making.by === 'learned')
      return { shape: [...making.shape], values: parameterInFloat32(this.#weights, making.weight) }
    const [key] = needsOf(making)
    const { rows, width, values } = making.by === 'computed' ? this.#cut(making) : this.values(key)
    if (making.by !== 'weights') return { shape: [rows, width], values }
    const { queries, keys } = this.#sizes(making.attention)
    const { factor, image } = making.attention
    const spread = image && weightsInImage(values, width, queries, image)
    const all = spread ?? (factor === null ? values : weightsAtTokens(values, width, queries, factor))
    return { shape: [width, queries, keys], values: headsFirst(all, width) }
  }

  #scores({ stage, attention }: TensorOrigin & { by: 'scores' }): TracedTensor {
    const { relativeKeys, distanceBias } = attention
    const tables = {
      keys: relativeKeys && this.#weights.get(relativeKeys.weight),
      bias: distanceBias === null ? null : this.values(distanceBias).values,
    }
    const [query, key] = [attention.query, attention.key].map((making) => this.#cut(making))
    const values = attentionScores(stage, attention, query, key, tables)
    return { shape: [attention.heads, query.rows, key.rows], values }
  }

  #globalWeights({ of, attention }: TensorOrigin & { by: 'globalWeights' }): TracedTensor {
    const { distanceBias, sideBias, first, heads } = attention
    const bias = (tensor: string | null) => (tensor === null ? null : this.values(tensor).values)
    const rows = {
      query: this.#cut(attention.query),
      key: this.#cut(attention.key),
      sideKey: this.#cut(attention.sideKey),
      distanceBias: bias(distanceBias),
      sideBias: bias(sideBias),
      first: first && { query: this.#cut(first.query), key: this.#cut(first.key) },
    }
    const weights = globalWeights(attention, rows, bound(this.#pair, this.#weights).arrays)
    const keys = of === 'tokens' ? rows.key.rows : rows.sideKey.rows
    return { shape: [heads, rows.query.rows, keys], values: weights[of] }
  }

  #sizes({ side, keySide }: { side: Side; keySide: Side }): { queries: number; keys: number } {
    const { source, target } = this.#pair
    // A decoder alone reads as many tokens as it predicts, with one token in place of a source.
    const of = { encoder: source.length, decoder: target.length }
    return { queries: of[side], keys: of[keySide] }
  }

  #cut({ tensor, columns, factor }: Computed) {
    const whole = this.values(tensor)
    const [from, to] = columns ?? [0, whole.width]
    const width = to - from
    const values = new Float32Array(whole.rows * width)
    for (let row = 0; row < whole.rows; row++)
      values.set(whole.values.subarray(row * whole.width + from, row * whole.width + to), row * width)
    if (factor === undefined) return { rows: whole.rows, width, values }
    const tokens = this.#pair.target.length
    return { rows: tokens, width, values: atTokens(values, width, tokens, factor) }
  }
}

/** The program tensors that a making needs, each under a key. */
function needsOf(making: TensorOrigin): string[] {
  if (making.by === 'learned') return []
  if (making.by === 'scores') {
    const { query, key, distanceBias } = making.attention
    return [query.tensor, key.tensor, ...(distanceBias === null ? [] : [distanceBias])]
  }
  if (making.by === 'globalWeights') {
    const { query, key, sideKey, distanceBias, sideBias, first } = making.attention
    const tables = [distanceBias, sideBias].filter((table) => table !== null)
    return [query, key, sideKey, ...(first ? [first.query, first.key] : [])].map(({ tensor }) => tensor).concat(tables)
  }
  if (making.by === 'computed' || making.by === 'weights' || making.by === 'inside') return [making.tensor]
  return making.by === 'product' ? [`product of ${making.tensor}`] : [`${making.by} of ${making.side}`]
}

/** The output of the program for a key of `needsOf`. */
function output(p: Program, making: TensorOrigin, key: string): Tensor {
  if (making.by === 'product') return asOutput(p, present(p.find(present(splitResidual(p, making.tensor)))))
  if (making.by === 'embedding' || making.by === 'positions') return asOutput(p, summand(p, making.by, making.side))
  return asOutput(p, present(p.find(key)))
}

/** One of the two summands of an embedding, by another instruction beside the model's own. */
function summand(p: Program, which: 'embedding' | 'positions', side: Side): Tensor {
  const { inputs, attributes } = present(
    p.instructions.find(({ op, path }) => op.name === embed.row.name && path.join('.') === side),
  )
  const [table, tokens, positions, positionTable] = inputs
  const scale = attributes as { scale: number; positionOffset: number }
  return p.within(side, () => {
    if (which === 'embedding') return embed(p, { table: present(table), tokens: present(tokens) }, scale)[0]
    const nothing = p.input(`${side}.nothing`, present(tokens).rows, 1, 'int32') // −1 has a zero embedding
    return embed(p, { table: present(table), tokens: nothing, positions, positionTable }, scale)[0]
  })
}

function bound(pair: TokenPair, { config }: Weights) {
  const { rows, arrays } = raggedPairs([pair], config, PositionTable.of(config))
  const [S, T] = [pair.source.length, pair.target.length]
  return {
    rows: { ...rows, ...attentionRows([pair], config) } as Record<string, number>,
    arrays: { ...arrays, 'encoder.nothing': new Int32Array(S).fill(-1), 'decoder.nothing': new Int32Array(T).fill(-1) },
  }
}
