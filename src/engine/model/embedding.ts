import { dropout } from '../program/ops/dropout.ts'
import { embed } from '../program/ops/embed.ts'
import type { Program } from '../program/program.ts'
import type { Rows, Tensor } from '../program/tensor.ts'
import { addToEmbeddings, areSinusoids, type ModelConfig, offsetOf } from './config.ts'
import { norm } from './layers.ts'

/**
 * Token ids and, where the model has them: their positions, [rows, 1] both; the table of sinusoids [positions, dModel]; the bucket of each
 * distance [2 furthest + 1, 1].
 */
export interface EmbeddingInputs {
  tokens: Tensor
  positions: Tensor | null
  sinusoids: Tensor | null
  buckets: Tensor | null
}

/** Embedding · scale + position, paper 3.4 and 3.5, and a norm behind them where the model has one. tokens [rows, 1] → [rows, dModel]. */
export function embedding(
  p: Program,
  side: 'encoder' | 'decoder',
  inputs: EmbeddingInputs,
  config: ModelConfig,
): Tensor {
  const { positions } = config
  const table = tokenEmbedding(p, side, config)
  const position = addToEmbeddings(positions)
    ? {
        positions: inputs.positions,
        positionTable: learnedPositions(p, side, config) ?? inputs.sinusoids,
      }
    : {}
  const attributes = { scale: config.embeddingScale, positionOffset: offsetOf(positions) }
  const [embedded] = embed(p, { table, tokens: inputs.tokens, ...position }, attributes)
  const x = config.norm.embedding ? norm(p, 'embeddingNorm', embedded, config) : embedded
  const rate = p.training?.dropout.residual ?? 0
  return rate ? dropout(p, { x, seed: p.training!.seed }, { rate, site: p.site })[0] : x
}

/** The embedding matrix of one side, [vocabulary, dModel]. */
function tokenEmbedding(p: Program, side: 'encoder' | 'decoder', config: ModelConfig): Tensor {
  const rows = side === 'encoder' ? config.sourceVocabulary : config.targetVocabulary
  return p.weight(embeddingName(side, config), { rows, width: config.dModel, role: 'embedding' })
}

/** The name of a side's embedding; where the embedding is shared, both sides have the same name. */
const embeddingName = (side: 'encoder' | 'decoder', { sharedEmbedding }: ModelConfig) =>
  sharedEmbedding ? 'embedding.weight' : `${side}.embedding.weight`

/** Learned positions of one side, [rows, dModel], where the model has them. */
function learnedPositions(p: Program, side: 'encoder' | 'decoder', { positions, dModel }: ModelConfig): Tensor | null {
  if (positions.kind !== 'learned') return null
  return p.weight(`${side}.positions.weight`, { rows: positions.rows, width: dModel, role: 'positions' })
}

/** The matrix of the output projection, its own or the target embedding, [vocabulary, dModel], and its bias. */
export function outputWeights(p: Program, config: ModelConfig): { weight: Tensor; bias: Tensor | null } {
  const { dModel, targetVocabulary: rows, tiedOutput } = config
  const { weight, bias } = outputNames(config)
  return {
    weight: tiedOutput
      ? tokenEmbedding(p, 'decoder', config)
      : p.weight(weight, { rows, width: dModel, role: 'matrix' }),
    bias: bias === null ? null : p.weight(bias, { rows: 1, width: rows, role: 'bias' }),
  }
}

/** The names of these weights. */
export function outputNames(config: ModelConfig): { weight: string; bias: string | null } {
  const weight = config.tiedOutput ? embeddingName('decoder', config) : 'output.weight'
  return { weight, bias: config.outputBias ? 'output.bias' : null }
}

/** The bound inputs of one side's embedding; both sides share the table of sinusoids. */
export function embeddingInputs(
  p: Program,
  side: 'source' | 'target',
  rows: Rows,
  { positions, dModel }: ModelConfig,
): EmbeddingInputs {
  return {
    tokens: p.input(`${side}.tokens`, rows, 1, 'int32'),
    positions: addToEmbeddings(positions) ? p.input(`${side}.positions`, rows, 1, 'int32') : null,
    sinusoids: areSinusoids(positions)
      ? (p.bound.find(({ name }) => name === 'sinusoids') ?? p.input('sinusoids', 'N', dModel))
      : null,
    buckets: positions.kind === 'buckets' ? p.input(`${side}.buckets`, 2 * positions.furthest + 1, 1, 'int32') : null,
  }
}
