import { present } from '../../../base/present.ts'
import type { Rows, Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import { dropout } from '../../program/ops/dropout.ts'
import { embed } from '../../program/ops/embed.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { kindOf } from '../config/kinds.ts'
import type { AddedPositions, AttentionPositions } from '../config/position-kind.ts'
import { scaleOf } from './attention.ts'
import { norm } from './layers.ts'

type Side = 'encoder' | 'decoder'

/** The bound inputs of one stack: token ids [rows, 1], and its positions. */
export interface StackInputs {
  tokens: Tensor
  positions: StackPositions
}

/** The bound source as the encoder's stack reads it. Both functions are called in the module of the stack, in this order. */
export interface SourceInputs {
  /** The input of the first layer, [S, dModel]. */
  embedded(): Tensor
  /** How positions enter the self-attentions of the stack. */
  attended(): AttentionPositions
}

/** Declares the bound inputs of one stack. */
export function stackInputs(p: Program, side: Side, rows: Rows, config: ModelConfig): StackInputs {
  const tokens = p.input(side === 'encoder' ? 'source.tokens' : 'target.tokens', rows, 1, 'int32')
  return { tokens, positions: stackPositions(p, side, rows, config) }
}

/** Embedding · scale + position, paper 3.4 and 3.5, and a norm after them where the model has one. tokens [rows, 1] → [rows, dModel]. */
export function embedding(p: Program, side: Side, { tokens, positions }: StackInputs, config: ModelConfig): Tensor {
  const table = tokenEmbedding(p, side, config)
  const added = positions.added()
  const { offset = 0, ...position } = added ?? {}
  const scale = config.embeddingScale
  const isNormedFirst = config.norm.beforePositions === side
  const given = isNormedFirst ? { table, tokens } : { table, tokens, ...position }
  const [embedded] = embed(p, given, { scale, positionOffset: isNormedFirst ? 0 : offset })
  const normed = config.norm.embedding ? norm(p, 'embeddingNorm', embedded, config) : embedded
  const x = isNormedFirst && added ? withPositions(p, normed, added) : normed
  const rate = p.training?.dropout.residual ?? 0
  return rate ? dropout(p, { x, seed: present(p.training).seed }, { rate, site: p.site })[0] : x
}

/** Embeddings after their norm and the rows of their positions. x [rows, dModel] → [rows, dModel]. */
function withPositions(p: Program, x: Tensor, { positions, positionTable }: AddedPositions): Tensor {
  return p.within('positions', () => {
    const [rows] = embed(p, { table: positionTable, tokens: positions }, { scale: 1, positionOffset: 0 })
    return add(p, { a: x, b: rows })[0]
  })
}

/** The embedding matrix of one side, [vocabulary, dModel]. */
function tokenEmbedding(p: Program, side: Side, config: ModelConfig): Tensor {
  const rows = side === 'encoder' ? config.sourceVocabulary : config.targetVocabulary
  return p.weight(embeddingName(side, config), { rows, width: config.dModel, role: 'embedding' })
}

/** The name of a side's embedding; where the embedding is shared, both sides have the same name. */
const embeddingName = (side: Side, { sharedEmbedding }: ModelConfig) =>
  sharedEmbedding ? 'embedding.weight' : `${side}.embedding.weight`

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

/** The positions of one stack while its program is recorded. Both functions are called in the module of the stack. */
export interface StackPositions {
  /** The table that is added to embeddings, if the kind adds one. */
  added(): AddedPositions | null
  /** How positions enter the self-attentions of the stack; called before its first layer. */
  attended(): AttentionPositions
}

/** Declares the inputs that the positions of one stack bind. */
export function stackPositions(
  p: Program,
  side: 'encoder' | 'decoder',
  rows: Rows,
  config: ModelConfig,
): StackPositions {
  const { positions, dModel } = config
  const { heads, dHead, attention } = config[side]
  const kind = kindOf(positions)
  const stack = { p, side, rows, dModel, heads, dHead, attention, scoreScale: scaleOf(config, config[side]), positions }
  const bound = kind.inputs(stack)
  return {
    added: () => kind.added?.(stack, bound) ?? null,
    attended: () => kind.attended?.(stack, bound) ?? {},
  }
}
