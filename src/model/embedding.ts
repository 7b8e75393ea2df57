import { dropout } from '../program/ops/dropout.ts'
import { embed } from '../program/ops/embed.ts'
import type { Program } from '../program/program.ts'
import type { Tensor } from '../program/tensor.ts'
import { addToEmbeddings, type ModelConfig } from '../weights/config.ts'

/** Token ids and their positions, [rows, 1] each, and the table of sinusoids [positions, dModel], where the model has them. */
export interface EmbeddingInputs {
  tokens: Tensor
  positions: Tensor | null
  sinusoids: Tensor | null
}

/** Embedding · scale + position, paper 3.4 and 3.5. tokens [rows, 1] → [rows, dModel]. */
export function embedding(
  p: Program,
  side: 'encoder' | 'decoder',
  inputs: EmbeddingInputs,
  config: ModelConfig,
): Tensor {
  const { positions } = config
  const table = p.weight(config.sharedEmbedding ? 'embedding.weight' : `${side}.embedding.weight`)
  const position = addToEmbeddings(positions)
    ? {
        positions: inputs.positions,
        positionTable: positions.kind === 'learned' ? p.weight(`${side}.positions.weight`) : inputs.sinusoids,
      }
    : {}
  const positionOffset = positions.kind === 'learned' ? positions.offset : 0
  const [x] = embed(p, { table, tokens: inputs.tokens, ...position }, { scale: config.embeddingScale, positionOffset })
  const rate = p.training?.dropout.residual ?? 0
  return rate ? dropout(p, { x, seed: p.training!.seed }, { rate, site: p.site })[0] : x
}

/** What the output projection multiplies with, its own matrix or the target embedding, and its bias. */
export function outputWeights(p: Program, config: ModelConfig) {
  const { weight, bias } = outputNames(config)
  return { weight: p.weight(weight), bias: bias === null ? null : p.weight(bias) }
}

/** The names of these weights. */
export function outputNames({ tiedOutput, sharedEmbedding, outputBias }: ModelConfig) {
  const weight = tiedOutput ? (sharedEmbedding ? 'embedding.weight' : 'decoder.embedding.weight') : 'output.weight'
  return { weight, bias: outputBias ? 'output.bias' : null }
}
