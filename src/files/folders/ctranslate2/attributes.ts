import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { Ctranslate2Variables } from './variables.ts'

/** One side of a model. */
export type Stack = 'encoder' | 'decoder'

/** The heads of models whose files do not say it: before the specification got a name for each, all had these. */
const HEADS: Readonly<Record<string, number>> = { TransformerBig: 16 }
const USUAL_HEADS = 8

/** The attributes of a model.bin; revisions before 5 have them once for both sides. */
export function ofCtranslate2(variables: Ctranslate2Variables) {
  const of = (stack: Stack, name: string) => variables.number(`${stack}/${name}`) ?? variables.number(name)
  const layers = () => variables.layers('decoder')
  return {
    heads: (stack: Stack) => of(stack, 'num_heads') ?? HEADS[variables.spec] ?? USUAL_HEADS,
    isPreNorm: (stack: Stack) => (of(stack, 'pre_norm') ?? 1) !== 0,
    activation: (stack: Stack) => of(stack, 'activation') ?? 0,
    /** By what embeddings are multiplied: a flag, or the factor itself. */
    embeddingScale(stack: Stack, dModel: number): number {
      const embeddings = stack === 'encoder' ? 'encoder/embeddings_0' : 'decoder/embeddings'
      const name = `${stack}/scale_embeddings`
      const given = variables.number(name) ?? variables.number(`${embeddings}/multiply_by_sqrt_depth`) ?? 1
      const isFactor = variables.named.get(name)?.dtype.includes('float') ?? false
      if (isFactor) return given
      return given ? Math.sqrt(dModel) : 1
    },
    /** The head whose attention CTranslate2 returns; none where it is the mean of all heads. */
    get alignment(): ModelConfig['alignment'] {
      if ((of('decoder', 'alignment_heads') ?? 1) !== 1) return undefined
      const layer = of('decoder', 'alignment_layer') ?? -1
      const own = layer < 0 ? layers() + layer : layer
      if (own >= 0 && own < layers()) return { layer: own, head: 0 }
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${variables.path}: alignment_layer is ${layer}, and the decoder has ${layers()} layers`,
      )
    },
    startsFromZero: () => (of('decoder', 'start_from_zero_embedding') ?? 0) !== 0,
  }
}
