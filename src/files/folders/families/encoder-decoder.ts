import { GlassformerError } from '../../../base/errors.ts'
import type { ModelConfig, SpecialIds, StackConfig } from '../../../engine/model/config/config.ts'
import type { JsonFields } from '../../../formats/json/json-fields.ts'
import { readActivation, readingHuggingFace } from '../layout/huggingface.ts'
import { AlteredTensors } from '../tensors/altered-tensors.ts'
import type { WeightNames } from '../tensors/weight-names.ts'
import { hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { Family } from './family.ts'

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

/**
 * An encoder and a decoder of two checkpoints (Rothe et al. 2020) in Hugging Face's layout: BERT2BERT and RoBERTa2RoBERTa,
 * whose decoders have attention to the source in each layer. Every token is of the first segment, so that its embedding is
 * added to the positions as the folder is read.
 */
export const encoderDecoder: Family = {
  modelTypes: ['encoder-decoder'],
  classes: ['EncoderDecoderModel'],
  read: readingHuggingFace({ config: pairConfig, generation: {}, tokenizer: hubTokenizerFiles('Bart') }),
  tensors: {
    read: (source) =>
      new AlteredTensors(source, {
        keeps: (name) => !UNREAD.test(name),
        addedRow: (name) => (POSITIONS.test(name) ? name.replace('position_emb', 'token_type_emb') : null),
      }),
    write: (tensors) => tensors,
  },
  names,
}

function pairConfig(fields: JsonFields, ids: SpecialIds): ModelConfig {
  const sides = { encoder: fields.object('encoder', false), decoder: fields.object('decoder', false) }
  const types = [sides.encoder.text('model_type'), sides.decoder.text('model_type')]
  const kind = Object.hasOwn(kinds, types[1]) ? kinds[types[1]] : null
  const refuse = (what: string): never => {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: EncoderDecoderModel of '${types.join("' and '")}' is not supported: ${what}; pairs of one kind are read: ${Object.keys(kinds).join(', ')}`,
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
    encoder: stackOf(sides.encoder, dModel),
    decoder: stackOf(sides.decoder, dModel),
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

function stackOf(fields: JsonFields, dModel: number): StackConfig {
  const heads = fields.positiveInteger('num_attention_heads', 12)
  if (dModel % heads) fields.fail('num_attention_heads', `a divisor of hidden_size (${dModel})`)
  return {
    layers: fields.positiveInteger('num_hidden_layers', 12),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger('intermediate_size', 3072),
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

/** BERT's names and RoBERTa's; a folder has one of both. */
function names(): WeightNames {
  return {
    stored: {
      ...stack('encoder', ['encoder']),
      ...stack('decoder', ['decoder.bert', 'decoder.roberta']),
      'decoder.transform': ['decoder.cls.predictions.transform.dense', 'decoder.lm_head.dense'],
      'decoder.transformNorm': ['decoder.cls.predictions.transform.LayerNorm', 'decoder.lm_head.layer_norm'],
      'output.bias': ['decoder.cls.predictions.bias', 'decoder.lm_head.bias'],
    },
    ignored: [],
    optional: [],
    asRow: [],
  }
}
