import { allocated } from '../../base/allocated.ts'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { Player, TensorArray } from '../backend/interface/backend.ts'
import { memoryRows } from '../model/compressed/memory-rows.ts'
import { compressionOf, imageOf } from '../model/config/attention-settings.ts'
import { isDecoderOnly, type ModelConfig } from '../model/config/config.ts'
import { imagePairs } from '../model/local/image-blocks.ts'
import { PositionTable } from '../model/position-table.ts'
import { LoadedProgram } from '../program/loaded.ts'
import type { Program } from '../program/program.ts'
import type { Weights } from '../weights/weights.ts'
import { AdaptableProgram, AdapterMemory, adaptersOfPairs, withAdapters } from './adapters/index.ts'
import { raggedPairs, type TokenPair } from './batch/ragged-batch.ts'
import { forcedProgram } from './step/programs.ts'

/** Attention of one layer and sentence, [heads, queries, keys] laid out row by row. */
export interface AttentionWeights {
  heads: number
  queries: number
  keys: number
  values: Float32Array
}

/** Runs given targets by teacher forcing, and returns the log-probability and the attention of each token. */
export class ForcedDecoder {
  readonly #player: Player
  readonly #weights: Weights
  readonly #positions: PositionTable
  readonly #adapters: AdapterMemory
  #plain: AdaptableProgram<LoadedProgram> | null = null
  #traced: { names: string; program: AdaptableProgram<LoadedProgram> } | null = null

  /** `adapters` are those of pairs, which others of the same thread may share. */
  constructor(player: Player, weights: Weights, adapters = new AdapterMemory(weights)) {
    this.#player = player
    this.#weights = weights
    this.#adapters = adapters
    this.#positions = PositionTable.of(weights.config)
  }

  /** The log-probability of every target token of every pair. */
  score(pairs: readonly TokenPair[]): Float32Array[] {
    this.#plain ??= this.#adaptable(() => forcedProgram(this.#weights, { tracing: false }))
    const batch = this.#bind(pairs)
    this.#play(this.#plain, pairs, batch.rows, batch.arrays)
    let end = 0
    return pairs.map(({ target }) => {
      end += target.length
      return batch.scores.slice(end - target.length, end)
    })
  }

  /**
   * The values of computed tensors by their names in the listing ('encoder.0.feedForwardNorm.normed', 'output.out').
   * Rows of all pairs lie end to end, and attention weights are [pairs, heads].
   * @throws GlassformerError ERR_OPTION for an unknown name
   */
  trace(pairs: readonly TokenPair[], names: readonly string[]): Float32Array[] {
    const batch = this.#bind(pairs)
    const traced = this.#tracedProgram(names)
    const values = names.map((name) => {
      const { rows, width } = present(traced.for(false).program.find(name))
      const count = (typeof rows === 'number' ? rows : batch.rows[rows as keyof typeof batch.rows]) * width
      return allocated(4 * count, () => new Float32Array(count))
    })
    const outputs = Object.fromEntries(names.map((name, i) => [name, values[i]]))
    this.#play(traced, pairs, batch.rows, { ...batch.arrays, ...outputs })
    return values
  }

  /** The attention of each target token over the source tokens, for one pair and each decoder layer. */
  crossAttention(pair: TokenPair): AttentionWeights[] {
    const { layers, heads } = this.#weights.config.decoder
    const names = Array.from({ length: layers }, (_, i) => `decoder.${i}.crossAttention.weights`)
    const shape = { heads, queries: pair.target.length, keys: pair.source.length }
    return this.trace([pair], names).map((weights) => ({ ...shape, values: headsFirst(weights, heads) }))
  }

  /** The attention of one head of one decoder layer, [target, source], for one pair. */
  headAttention(pair: TokenPair, { layer, head }: { layer: number; head: number }): Float32Array {
    const [weights] = this.trace([pair], [`decoder.${layer}.crossAttention.weights`])
    const size = pair.target.length * pair.source.length
    return headsFirst(weights, this.#weights.config.decoder.heads).slice(head * size, (head + 1) * size)
  }

  #tracedProgram(names: readonly string[]): AdaptableProgram<LoadedProgram> {
    const key = names.join()
    if (this.#traced?.names !== key) {
      const program = this.#adaptable(() => withOutputs(forcedProgram(this.#weights, { tracing: true }), names))
      this.#traced = { names: key, program }
    }
    return this.#traced.program
  }

  #adaptable(record: () => Program): AdaptableProgram<LoadedProgram> {
    return new AdaptableProgram(record, (program) => new LoadedProgram(this.#player, program), this.#adapters)
  }

  #play(
    program: AdaptableProgram,
    pairs: readonly TokenPair[],
    rows: Record<string, number>,
    arrays: Record<string, TensorArray>,
  ): void {
    withAdapters(this.#adapters, pairs, (adapters) => {
      const held = adapters && { ...this.#adapters.arrays, ...adaptersOfPairs(adapters, rows, arrays) }
      program.for(adapters !== null).play({ ...rows, ...this.#adapters.rows }, { ...arrays, ...held })
    })
  }

  #bind(pairs: readonly TokenPair[]) {
    const { rows, arrays } = raggedPairs(pairs, this.#weights.config, this.#positions)
    const scores = new Float32Array(rows.T)
    return {
      scores,
      rows: { ...rows, ...attentionRows(pairs, this.#weights.config) },
      arrays: { ...arrays, 'target.scores': scores },
    }
  }
}

/** @throws GlassformerError ERR_OPTION for an unknown name */
function withOutputs(program: Program, names: readonly string[]): Program {
  for (const name of names) {
    const tensor = program.find(name)
    if (!tensor)
      throw new GlassformerError(
        'ERR_OPTION',
        `there is no tensor named ${name}: the listing of part 'forced' has them all`,
      )
    program.output(tensor)
  }
  return program
}

/** The rows of attention weights, a row for each query and key of a pair, by the symbols of traced programs. */
export function attentionRows(pairs: readonly TokenPair[], config: ModelConfig): Record<string, number> {
  const sum = (rows: (pair: TokenPair) => number) => pairs.reduce((n, pair) => n + rows(pair), 0)
  if (isDecoderOnly(config))
    return ownRows(
      pairs.map(({ source, target }) => source.length + target.length - 1),
      config,
    )
  return {
    'P(sources, sources)': sum(({ source }) => source.length ** 2),
    ...ownRows(
      pairs.map(({ target }) => target.length),
      config,
    ),
    'P(targets, sources)': sum(({ source, target }) => target.length * source.length),
  }
}

/** The same of the self-attention of a decoder over texts of these lengths, with compressed memory too. */
function ownRows(lengths: readonly number[], { decoder }: ModelConfig): Record<string, number> {
  const factor = compressionOf(decoder)?.factor
  const sum = (keys: (tokens: number) => number) => lengths.reduce((n, tokens) => n + tokens * keys(tokens), 0)
  return {
    'P(targets, targets)': sum((tokens) => tokens),
    ...(factor !== undefined && { 'P(targets, compressed.keys)': sum((tokens) => memoryRows(tokens, factor)) }),
    ...imagePairs(imageOf(decoder), lengths),
  }
}

/** [pairs, heads] → [heads, pairs]. */
export function headsFirst(weights: Float32Array, heads: number): Float32Array {
  const pairs = weights.length / heads
  const turned = new Float32Array(weights.length)
  for (let pair = 0; pair < pairs; pair++)
    for (let head = 0; head < heads; head++) turned[head * pairs + pair] = weights[pair * heads + head]
  return turned
}
