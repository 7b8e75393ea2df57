import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { readActivation, readBertStack, readingHuggingFace } from '../layout/huggingface.ts'
import { AlteredTensors } from '../tensors/altered-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'
import { gpt2Config, gpt2SourceNames } from './gpt2.ts'
import { gpt2Tensors } from './gpt2-tensors.ts'

/** The kinds of checkpoints that can be encoder and decoder: whether they have RoBERTa's names and positions. */
const kinds: Readonly<Record<string, 'bert' | 'roberta'>> = {
  bert: 'bert',
  roberta: 'roberta',
  camembert: 'roberta',
  'xlm-roberta': 'roberta',
}

/** Tensors that the model does not read: a pooler, a buffer, and copies of the embedding and of the bias in the output. */
const UNREAD =
  /\.pooler\.|\.position_ids$|token_type_embeddings|\.(?:predictions|lm_head)\.decoder\.|\bseq_relationship\b/
const POSITIONS = /position_embeddings\.weight$/
/** A tensor of a decoder that is GPT-2. */
const GPT2 = /^decoder\.transformer\./

/**
 * An encoder and a decoder of two checkpoints (Rothe et al. 2020) in Hugging Face's layout: BERT2BERT and RoBERTa2RoBERTa,
 * whose decoders have attention to the source in each layer. Every token is of the first segment, so that its embedding is
 * added to the positions as the folder is read. The decoder may be GPT-2 (BERT2GPT2, RoBERTa2GPT2) with attention to the
 * source; its width, activation and norms are then its own.
 */
export const encoderDecoder: Family = {
  modelTypes: ['encoder-decoder'],
  classes: ['EncoderDecoderModel'],
  read: readingHuggingFace({ config: pairConfig, generation: {}, tokenizer: hubTokenizerFiles('Bart') }),
  tensors: {
    read(source) {
      const isGpt2 = [...source.tensors.keys()].some((name) => GPT2.test(name))
      return new AlteredTensors(isGpt2 ? gpt2Tensors.read(source) : source, {
        keeps: (name) => !UNREAD.test(name),
        addedRow: (name) => (POSITIONS.test(name) ? name.replace('position_emb', 'token_type_emb') : null),
      })
    },
    write: (tensors) => tensors,
  },
  names,
}

function pairConfig(fields: JsonFields, ids: SpecialIds): ModelConfig {
  return fields.object('decoder', false).text('model_type') === 'gpt2' ? withGpt2(fields, ids) : ofOneKind(fields, ids)
}

function ofOneKind(fields: JsonFields, ids: SpecialIds): ModelConfig {
  const sides = { encoder: fields.object('encoder', false), decoder: fields.object('decoder', false) }
  const types = [sides.encoder.text('model_type'), sides.decoder.text('model_type')]
  const kind = Object.hasOwn(kinds, types[1]) ? kinds[types[1]] : null
  const refuse = (what: string): never => {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: EncoderDecoderModel of '${types.join("' and '")}' is not supported: ${what}; pairs of one kind are read (${Object.keys(kinds).join(', ')}), and decoders that are gpt2`,
    )
  }
  if (kind === null || !Object.hasOwn(kinds, types[0]) || kinds[types[0]] !== kind)
    return refuse('layers of two kinds of checkpoints')
  const [dModel, other] = [sides.encoder, sides.decoder].map((side) => side.positiveInteger('hidden_size', 768))
  if (dModel !== other) return refuse(`states of width ${dModel} for a decoder of width ${other} (enc_to_dec_proj)`)
  const [epsilon, own] = [sides.encoder, sides.decoder].map((side) => side.number('layer_norm_eps', 1e-12))
  if (epsilon !== own) return refuse('two values of layer_norm_eps')
  const activations = [sides.encoder, sides.decoder].map((side) => readActivation(side, 'hidden_act', 'gelu'))
  if (activations[0] !== activations[1]) return refuse('two activations')
  for (const side of Object.values(sides))
    if (side.text('position_embedding_type', 'absolute') !== 'absolute') return refuse('relative positions')
  const offset = kind === 'roberta' ? (ids.padding ?? 1) + 1 : 0
  const [rows, targetRows] = [sides.encoder, sides.decoder].map((side) =>
    side.positiveInteger('max_position_embeddings', 512),
  )
  if (targetRows > rows) return refuse('a decoder with more positions than its encoder')
  return {
    dModel,
    encoder: readBertStack(sides.encoder, dModel),
    decoder: readBertStack(sides.decoder, dModel),
    activation: activations[0],
    norm: { kind: 'layerNorm', order: 'post', epsilon, embedding: true },
    positions: { kind: 'learned', rows, ...(targetRows !== rows && { targetRows }), offset },
    embeddingScale: 1,
    sourceVocabulary: sides.encoder.positiveInteger('vocab_size', 30522),
    targetVocabulary: sides.decoder.positiveInteger('vocab_size', 30522),
    sharedEmbedding: false,
    tiedOutput: true,
    outputBias: true,
    outputTransform: true,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: targetRows - offset,
  }
}

/** BERT or RoBERTa, and GPT-2 as the decoder. */
function withGpt2(fields: JsonFields, ids: SpecialIds): ModelConfig {
  const encoder = fields.object('encoder', false)
  const type = encoder.text('model_type')
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : null
  const refuse = (what: string): never => {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: EncoderDecoderModel of '${type}' and 'gpt2' is not supported: ${what}; encoders of gpt2 are read that are ${Object.keys(kinds).join(', ')}`,
    )
  }
  if (kind === null) return refuse('an encoder of another kind')
  if (encoder.text('position_embedding_type', 'absolute') !== 'absolute') return refuse('relative positions')
  const own = fields.object('decoder', false)
  if (!own.flag('add_cross_attention', false)) return refuse('a decoder without add_cross_attention')
  const decoder = gpt2Config(own, ids, { hasSource: true })
  const dModel = encoder.positiveInteger('hidden_size', 768)
  const rows = encoder.positiveInteger('max_position_embeddings', 512)
  const offset = kind === 'roberta' ? (encoder.id('pad_token_id') ?? 1) + 1 : 0
  const targetRows = decoder.maxLength
  const sourceEnd = encoder.id('eos_token_id') ?? encoder.id('sep_token_id') ?? 'none'
  return {
    ...decoder,
    kind: 'encoderDecoder',
    encoder: readBertStack(encoder, dModel),
    encoderSide: {
      ...(dModel !== decoder.dModel && { dModel }),
      activation: readActivation(encoder, 'hidden_act', 'gelu'),
      norm: {
        kind: 'layerNorm',
        order: 'post',
        epsilon: encoder.number('layer_norm_eps', 1e-12),
        embedding: true,
      },
    },
    positions: { kind: 'learned', rows, targetRows, offset, targetOffset: 0 },
    sourceVocabulary: encoder.positiveInteger('vocab_size', 30522),
    sharedEmbedding: false,
    ids: { ...ids, sourceEnd },
    maxLength: Math.min(rows - offset, targetRows),
  }
}

const attention = (module: string, stored: string) => ({
  [`${module}.query`]: `${stored}.self.query`,
  [`${module}.key`]: `${stored}.self.key`,
  [`${module}.value`]: `${stored}.self.value`,
  [`${module}.output`]: `${stored}.output.dense`,
  [`${module}Norm`]: `${stored}.output.LayerNorm`,
})

const stack = (side: string, stored: readonly string[]) => {
  const all = (name: string) => stored.map((prefix) => `${prefix}.${name}`)
  const layers = Object.entries({
    ...attention(`${side}.*.selfAttention`, 'encoder.layer.*.attention'),
    [`${side}.*.feedForward.inner`]: 'encoder.layer.*.intermediate.dense',
    [`${side}.*.feedForward.outer`]: 'encoder.layer.*.output.dense',
    [`${side}.*.feedForwardNorm`]: 'encoder.layer.*.output.LayerNorm',
    ...(side === 'decoder' ? attention('decoder.*.crossAttention', 'encoder.layer.*.crossattention') : {}),
    [`${side}.embedding.weight`]: 'embeddings.word_embeddings.weight',
    [`${side}.positions.weight`]: 'embeddings.position_embeddings.weight',
    [`${side}.embeddingNorm`]: 'embeddings.LayerNorm',
  })
  return Object.fromEntries(layers.map(([own, name]) => [own, all(name)]))
}

/** GPT-2's names, whose embedding is that of the decoder alone. */
const gpt2Decoder = Object.fromEntries(
  Object.entries(gpt2SourceNames).map(([own, stored]) => [
    own === 'embedding.weight' ? 'decoder.embedding.weight' : own,
    stored,
  ]),
)

/** BERT's names and RoBERTa's, of which a folder has one, or GPT-2's. */
function names({ encoderSide }: ModelConfig): WeightNames {
  return {
    stored: {
      sourceProjection: 'enc_to_dec_proj',
      ...stack('encoder', ['encoder']),
      ...(encoderSide ? gpt2Decoder : stack('decoder', ['decoder.bert', 'decoder.roberta'])),
      'decoder.transform': ['decoder.cls.predictions.transform.dense', 'decoder.lm_head.dense'],
      'decoder.transformNorm': ['decoder.cls.predictions.transform.LayerNorm', 'decoder.lm_head.layer_norm'],
      'output.bias': ['decoder.cls.predictions.bias', 'decoder.lm_head.bias'],
    },
    ignored: [],
    optional: [],
    asRow: [],
  }
}
