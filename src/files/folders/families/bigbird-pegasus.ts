import type { AttentionSettings } from '../../../engine/model/config/attention-settings.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { attentionBiases, type BartVariant, bartNames, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'learned', rows, offset: 0 },
  outputBias: true,
})

/** BigBird-Pegasus (Zaheer et al. 2020) in Hugging Face's layout: its encoder attends to whole sources, or to sparse blocks of long ones. */
export const bigBirdPegasus: Family = {
  modelTypes: ['bigbird_pegasus'],
  classes: ['BigBirdPegasusForConditionalGeneration'],
  read: readingHuggingFace({
    config(fields, ids, stored) {
      const reading = { activation: 'gelu_new', scaled: true }
      const model = readBart(fields, ids, variant(positionRows(fields)), stored, reading)
      const attention = blocksOf(fields)
      return attention ? { ...model, encoder: { ...model.encoder, attention } } : model
    },
    generation: {},
    tokenizer: hubTokenizerFiles('Pegasus'),
  }),
  quantized: { quantization_config: quantization },
  names,
}

/** Blocks of sources by `attention_type`; undefined where a source is seen as a whole. */
function blocksOf(fields: JsonFields): AttentionSettings | undefined {
  const kind = fields.text('attention_type', 'block_sparse')
  if (kind === 'original_full') return undefined
  if (kind !== 'block_sparse') fields.fail('attention_type', "'original_full' or 'block_sparse'")
  const [size, random] = [fields.positiveInteger('block_size', 64), fields.natural('num_random_blocks', 3)]
  return { local: 2 * size, global: { kind: 'ends', size, random } }
}

function names(config: ModelConfig): WeightNames {
  const plain = bartNames(config)
  const own = (['query', 'key', 'value'] as const).map((part) => [
    `encoder.*.selfAttention.${part}`,
    `model.encoder.layers.*.self_attn.self.${part}`,
  ])
  return {
    ...plain,
    stored: {
      ...plain.stored,
      ...Object.fromEntries(own),
      'encoder.*.selfAttention.output': 'model.encoder.layers.*.self_attn.output',
      'encoder.norm': 'model.encoder.layernorm_embedding',
      'decoder.norm': 'model.decoder.layernorm_embedding',
      'encoder.embeddingNorm': 'encoder.embeddingNorm',
      'decoder.embeddingNorm': 'decoder.embeddingNorm',
    },
    // Linears of attention may have no bias (use_bias), while those of feed-forward always have.
    optional: [...plain.optional, ...attentionBiases(config)],
  }
}
