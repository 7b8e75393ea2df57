import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'
import { isT5Like, t5Config, t5Json, t5Names } from './t5.ts'

/** UMT5 (Chung et al. 2023) in Hugging Face's layout: T5 where every layer has a table of distances of its own. */
export const umt5: Family = {
  modelTypes: ['umt5'],
  classes: ['UMT5ForConditionalGeneration'],
  read: readingHuggingFace({
    config(fields, ids, stored) {
      const config = t5Config(fields, ids, stored)
      return { ...config, positions: { ...bucketsOf(config), inEachLayer: true } }
    },
    generation: {},
    tokenizer: hubTokenizerFiles('T5'),
  }),
  quantized: { quantization_config: quantization },
  names,
  written: {
    takes: (config) => isT5Like(config) && bucketsOf(config).inEachLayer === true,
    json: (config) => ({
      ...t5Json(config),
      architectures: ['UMT5ForConditionalGeneration'],
      model_type: 'umt5',
    }),
    tokenizers: ['huggingface'],
  },
}

const bucketsOf = ({ positions }: ModelConfig) => positions as ModelConfig['positions'] & { kind: 'buckets' }

function names(config: ModelConfig): WeightNames {
  const plain = t5Names(config)
  const table = (side: string) => `${side}.block.*.layer.0.SelfAttention.relative_attention_bias.weight`
  return {
    ...plain,
    stored: {
      ...plain.stored,
      'encoder.*.selfAttention.distanceBias.weight': table('encoder'),
      'decoder.*.selfAttention.distanceBias.weight': table('decoder'),
    },
  }
}
