import type { Tensor } from '../../program/instructions/tensor.ts'
import { add } from '../../program/ops/add.ts'
import { embed } from '../../program/ops/embed.ts'
import type { Program } from '../../program/program.ts'
import { linearLayer, norm } from '../layers/layers.ts'
import type { TextEncoderConfig } from './config.ts'

/** The embedding matrix [vocabulary, dEmbedding], which the head of a masked language model multiplies with too. */
export const tokenTable = (p: Program, { vocabulary: rows, dEmbedding: width }: TextEncoderConfig): Tensor =>
  p.weight('embedding.weight', { rows, width, role: 'embedding' })

/**
 * Token, position and segment (Devlin et al. 2019, figure 2), normalized, and led to the width of the model where embeddings are narrower.
 * Bound are `tokens`, and where the model has them `positions` and `types`, [S, 1] → [S, dModel].
 */
export function embeddings(p: Program, config: TextEncoderConfig): Tensor {
  const { dEmbedding, dModel, positionRows, tokenTypes, epsilon, linearBias } = config
  const tokens = p.input('tokens', 'S', 1, 'int32')
  const position = positionRows
    ? {
        positions: p.input('positions', 'S', 1, 'int32'),
        positionTable: p.weight('positions.weight', { rows: positionRows, width: dEmbedding, role: 'positions' }),
      }
    : {}
  const plain = { scale: 1, positionOffset: 0 }
  let [x] = p.within('embedding', () => embed(p, { table: tokenTable(p, config), tokens, ...position }, plain))
  if (tokenTypes) {
    const table = p.weight('types.weight', { rows: tokenTypes, width: dEmbedding, role: 'positions' })
    const [types] = p.within('types', () => embed(p, { table, tokens: p.input('types', 'S', 1, 'int32') }, plain))
    ;[x] = p.within('typed', () => add(p, { a: x, b: types }))
  }
  const normed = norm(p, 'embeddingNorm', x, { norm: { kind: 'layerNorm', epsilon }, dModel: dEmbedding })
  return dEmbedding === dModel
    ? normed
    : linearLayer(p, 'embeddingProjection', normed, { outputs: dModel }, { linearBias })
}
