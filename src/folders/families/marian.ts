import type { ModelConfig, SpecialIds } from '../../model/config.ts'
import { quantization, readActivation, readingHuggingFace, readStack } from '../huggingface.ts'
import type { JsonFields } from '../json-fields.ts'
import { marianTokenizerFiles } from '../stored-tokenizer.ts'
import type { Family } from './family.ts'

const SHARED = 'model.shared.weight'
const SOURCE = 'model.encoder.embed_tokens.weight'
const TARGET = 'model.decoder.embed_tokens.weight'

/** Marian's models in Hugging Face's layout (OPUS-MT): the paper's, post-norm, with a bias on the logits. */
export const marian: Family = {
  modelTypes: ['marian'],
  read: readingHuggingFace({
    config: marianConfig,
    generation: { forced_eos_token_id: 0 },
    tokenizer(folder) {
      const tokenizer = marianTokenizerFiles(folder)
      const language = tokenizer.kind === 'marian' ? tokenizer.configuration.source_lang : undefined
      return { tokenizer, sourceLocale: typeof language === 'string' ? language : undefined }
    },
  }),
  quantized: { quantization_config: quantization },
  names: {
    stored: {
      'embedding.weight': [SHARED, SOURCE, TARGET],
      'encoder.embedding.weight': SOURCE,
      'decoder.embedding.weight': TARGET,
      'encoder.*.selfAttention.query': 'model.encoder.layers.*.self_attn.q_proj',
      'encoder.*.selfAttention.key': 'model.encoder.layers.*.self_attn.k_proj',
      'encoder.*.selfAttention.value': 'model.encoder.layers.*.self_attn.v_proj',
      'encoder.*.selfAttention.output': 'model.encoder.layers.*.self_attn.out_proj',
      'encoder.*.selfAttentionNorm': 'model.encoder.layers.*.self_attn_layer_norm',
      'encoder.*.feedForward.inner': 'model.encoder.layers.*.fc1',
      'encoder.*.feedForward.outer': 'model.encoder.layers.*.fc2',
      'encoder.*.feedForwardNorm': 'model.encoder.layers.*.final_layer_norm',
      'decoder.*.selfAttention.query': 'model.decoder.layers.*.self_attn.q_proj',
      'decoder.*.selfAttention.key': 'model.decoder.layers.*.self_attn.k_proj',
      'decoder.*.selfAttention.value': 'model.decoder.layers.*.self_attn.v_proj',
      'decoder.*.selfAttention.output': 'model.decoder.layers.*.self_attn.out_proj',
      'decoder.*.selfAttentionNorm': 'model.decoder.layers.*.self_attn_layer_norm',
      'decoder.*.crossAttention.query': 'model.decoder.layers.*.encoder_attn.q_proj',
      'decoder.*.crossAttention.key': 'model.decoder.layers.*.encoder_attn.k_proj',
      'decoder.*.crossAttention.value': 'model.decoder.layers.*.encoder_attn.v_proj',
      'decoder.*.crossAttention.output': 'model.decoder.layers.*.encoder_attn.out_proj',
      'decoder.*.crossAttentionNorm': 'model.decoder.layers.*.encoder_attn_layer_norm',
      'decoder.*.feedForward.inner': 'model.decoder.layers.*.fc1',
      'decoder.*.feedForward.outer': 'model.decoder.layers.*.fc2',
      'decoder.*.feedForwardNorm': 'model.decoder.layers.*.final_layer_norm',
      'output.weight': 'lm_head.weight',
      'output.bias': 'final_logits_bias',
    },
    // Sinusoids.
    ignored: ['model.encoder.embed_positions.weight', 'model.decoder.embed_positions.weight'],
    // To Hugging Face this is a buffer, and not a weight.
    optional: ['output.bias'],
    asRow: ['output.bias'],
  },
}

/**
 * The model that a Marian config.json describes, as Hugging Face's MarianMTModel builds it: post-norm whatever `normalize_before` says,
 * LayerNorm with ε 1e-5, and positions from 0 with sines before cosines. Defaults are MarianConfig's.
 */
function marianConfig(fields: JsonFields, ids: SpecialIds): ModelConfig {
  const dModel = fields.positiveInteger('d_model')
  const sourceVocabulary = fields.positiveInteger('vocab_size')
  return {
    dModel,
    encoder: readStack(fields, 'encoder', dModel),
    decoder: readStack(fields, 'decoder', dModel),
    activation: readActivation(fields, 'gelu'),
    norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
    positions: { kind: 'halves' },
    embeddingScale: fields.flag('scale_embedding', false) ? Math.sqrt(dModel) : 1,
    sourceVocabulary,
    targetVocabulary: fields.positiveInteger('decoder_vocab_size', sourceVocabulary),
    sharedEmbedding: fields.flag('share_encoder_decoder_embeddings', true),
    tiedOutput: fields.flag('tie_word_embeddings', true),
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: fields.positiveInteger('max_position_embeddings', 1024),
  }
}

/** Whether Hugging Face's MarianMTModel can express this model. */
export function isMarian({
  norm,
  positions,
  linearBias,
  outputBias,
  outputScale,
  encoder,
  decoder,
  dModel,
  embeddingScale,
  ids,
}: ModelConfig): boolean {
  const plain =
    norm.kind === 'layerNorm' && norm.order === 'post' && norm.epsilon === 1e-5 && positions.kind === 'halves'
  const whole = [encoder, decoder].every(({ heads, dHead }) => heads * dHead === dModel)
  return (
    plain &&
    whole &&
    (embeddingScale === 1 || embeddingScale === Math.sqrt(dModel)) &&
    linearBias &&
    outputBias &&
    outputScale === 1 &&
    ids.start !== null &&
    ids.padding !== null &&
    ids.sourceStart === undefined
  )
}

const activationNames = { relu: 'relu', gelu: 'gelu', geluTanh: 'gelu_new', swish: 'swish' } as const

/** The config.json of a model that `isMarian`; `marianConfig` reads the same model from it. */
export function marianJson({
  dModel,
  encoder,
  decoder,
  activation,
  embeddingScale,
  sourceVocabulary,
  targetVocabulary,
  sharedEmbedding,
  tiedOutput,
  ids,
  maxLength,
}: ModelConfig) {
  return {
    architectures: ['MarianMTModel'],
    model_type: 'marian',
    vocab_size: sourceVocabulary,
    decoder_vocab_size: targetVocabulary,
    d_model: dModel,
    encoder_layers: encoder.layers,
    decoder_layers: decoder.layers,
    encoder_attention_heads: encoder.heads,
    decoder_attention_heads: decoder.heads,
    encoder_ffn_dim: encoder.dFeedForward,
    decoder_ffn_dim: decoder.dFeedForward,
    activation_function: activationNames[activation],
    max_position_embeddings: maxLength,
    scale_embedding: embeddingScale !== 1,
    normalize_before: false,
    normalize_embedding: false,
    static_position_embeddings: true,
    share_encoder_decoder_embeddings: sharedEmbedding,
    tie_word_embeddings: tiedOutput,
    is_encoder_decoder: true,
    use_cache: true,
    pad_token_id: ids.padding,
    eos_token_id: ids.end,
    bos_token_id: null,
    decoder_start_token_id: ids.start,
    forced_eos_token_id: ids.end,
  }
}
