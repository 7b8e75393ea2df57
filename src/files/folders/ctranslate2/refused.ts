import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { Ctranslate2Variables } from './variables.ts'

/** Specifications whose models are no encoder-decoders over texts. */
const otherModels: Readonly<Record<string, string>> = {
  TransformerDecoderSpec: 'a model with a decoder alone (GPT, Llama …)',
  TransformerEncoderSpec: 'a model with an encoder alone (BERT …), which Encoder.load reads',
  Wav2Vec2Spec: 'a model of wav2vec 2.0',
  Wav2Vec2BertSpec: 'a model of wav2vec 2.0 with BERT',
}

/** The newest revision of each specification that is read. */
const revisions: Readonly<Record<string, number>> = {
  '': 1,
  TransformerBase: 2,
  TransformerBig: 2,
  TransformerSpec: 7,
  WhisperSpec: 3,
}

/** @throws GlassformerError ERR_UNSUPPORTED for a specification, or a revision of it, that is not read here */
export function checkSpecification({ path, spec, revision }: Ctranslate2Variables): void {
  const refuse = (what: string) => new GlassformerError('ERR_UNSUPPORTED', `${path}: ${what}`)
  if (Object.hasOwn(otherModels, spec))
    throw refuse(`the model is of '${spec}', ${otherModels[spec]}, and encoder-decoders of texts are read here`)
  if (!Object.hasOwn(revisions, spec))
    throw refuse(
      `the specification '${spec.slice(0, 60)}' is not known here; these are: ${Object.keys(revisions).filter(Boolean).join(', ')}`,
    )
  if (revision > revisions[spec])
    throw refuse(
      `revision ${revision} of '${spec}' is newer than ${revisions[spec]}, the newest that can be read: convert the model with an older CTranslate2`,
    )
}

/** Variables with which nothing can be computed here, and what they are. */
const unknownParts: readonly (readonly [RegExp, string])[] = [
  [/_zero$/, 'quantized to int4 by AWQ'],
  [/\/[qkv]_norm\//, 'norms of queries and keys'],
  [/\/rotary_/, 'rotary positions'],
  [
    /\/(input_layer_norm|post_attention_layer_norm|pre_feedforward_layer_norm|post_feedforward_layer_norm)\//,
    'norms as Gemma has them',
  ],
  [/\/project_(in|out)\//, 'projections around the decoder'],
  [/\/external_(pre|post)_/, 'norms as Gemma has them'],
  [/\/layer_scalar$/, 'scaled layers'],
  [/\/memory_kv/, 'a compressed memory'],
  [/\/relative_asymmetric_/, 'asymmetric distances'],
  [/^encoder\/embeddings_[1-9]/, 'features beside the tokens of the source'],
]

/** Attributes that must be 0 where a file has them, and what they turn on. */
const turnedOff: Readonly<Record<string, string>> = {
  alibi: 'ALiBi',
  final_logit_softcapping: 'soft caps of logits',
  attn_logit_softcapping: 'soft caps of logits',
  multi_query_attention: 'multi-query attention',
  sliding_window: 'sliding windows',
  rotary_dim: 'rotary positions',
  parallel_residual: 'parallel residuals',
  shared_layer_norm: 'shared norms',
  layer_norm_use_residual: 'residuals after norms',
}

/** Attributes that are read, or that change nothing. */
const known = new Set([
  ...['num_heads', 'pre_norm', 'activation', 'scale_embeddings', 'multiply_by_sqrt_depth', 'embeddings_merge'],
  ...['alignment_layer', 'alignment_heads', 'start_from_zero_embedding', 'scale_outputs', 'queries_scale'],
  ...['alibi_use_positive_positions', 'scale_alibi', 'relative_attention_max_distance', 'num_heads_kv', 'head_dim'],
  ...['with_source_bos', 'with_source_eos', 'with_target_bos', 'user_decoder_start_tokens'],
  ...['unk_token', 'bos_token', 'eos_token', 'decoder_start_token', 'pooler_activation'],
])

/**
 * Refuses a model that has something with which nothing can be computed here. `isWeight` tells the variables that are weights of the model.
 * @throws GlassformerError ERR_UNSUPPORTED, with the variable
 */
export function checkParts(variables: Ctranslate2Variables, isWeight: (name: string) => boolean): void {
  const refuse = (name: string, what: string) =>
    new GlassformerError(
      'ERR_UNSUPPORTED',
      `${variables.path}, offset ${entryOf(variables.named, name).offset}: '${name}': ${what} cannot be computed here`,
    )
  for (const [name, { shape }] of variables.named) {
    if (isWeight(name.replace(/weight_scale$/, 'weight'))) continue
    const part = unknownParts.find(([pattern]) => pattern.test(name))
    if (part) throw refuse(name, part[1])
    const attribute = name.slice(name.lastIndexOf('/') + 1)
    if (name.endsWith('weight_scale') || known.has(attribute)) continue
    const isAttribute = shape.length === 0
    const what = Object.hasOwn(turnedOff, attribute) ? turnedOff[attribute] : 'a part that this version does not know'
    if (!isAttribute || variables.number(name) !== 0) throw refuse(name, what)
  }
}
