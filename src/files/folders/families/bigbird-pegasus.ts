import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { quantization, readingHuggingFace } from '../layout/huggingface.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import { type BartVariant, bartNames, positionRows, readBart } from './bart-layout.ts'
import type { Family } from './family.ts'

const variant = (rows: number): BartVariant => ({
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  positions: { kind: 'learned', rows, offset: 0 },
  outputBias: true,
})

/** BigBird-Pegasus (Zaheer et al. 2020) in Hugging Face's layout, where its encoder attends to whole sources. */
export const bigBirdPegasus: Family = {
  modelTypes: ['bigbird_pegasus'],
  classes: ['BigBirdPegasusForConditionalGeneration'],
  read: readingHuggingFace({
    config(fields, ids, stored) {
      refuseBlocks(fields)
      const reading = { activation: 'gelu_new', scaled: true }
      return readBart(fields, ids, variant(positionRows(fields)), stored, reading)
    },
    generation: {},
    tokenizer: hubTokenizerFiles('Pegasus'),
  }),
  quantized: { quantization_config: quantization },
  names,
}

function refuseBlocks(fields: JsonFields): void {
  const kind = fields.text('attention_type', 'block_sparse')
  if (kind === 'original_full') return
  if (kind !== 'block_sparse') fields.fail('attention_type', "'original_full' or 'block_sparse'")
  const whole = (5 + 2 * fields.positiveInteger('num_random_blocks', 3)) * fields.positiveInteger('block_size', 64)
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: BigBirdPegasusForConditionalGeneration with attention_type 'block_sparse' is not supported: its sparse blocks of sources are missing. ` +
      `Sources of up to ${whole} tokens are attended to as a whole anyway: write 'original_full' for these`,
  )
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

const attentionBiases = ({ encoder, decoder }: ModelConfig): string[] =>
  (
    [
      ['encoder', encoder.layers, 'selfAttention'],
      ['decoder', decoder.layers, 'selfAttention'],
      ['decoder', decoder.layers, 'crossAttention'],
    ] as const
  ).flatMap(([side, layers, attention]) =>
    Array.from({ length: layers }, (_, i) =>
      ['query', 'key', 'value', 'output'].map((part) => `${side}.${i}.${attention}.${part}.bias`),
    ).flat(),
  )
