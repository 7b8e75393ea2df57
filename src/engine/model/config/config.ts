import { isNormOrder, type NormOrder } from '../../../base/choices/norm-order.ts'
import { addsToEmbeddings } from '../../../base/choices/position-kinds.ts'
import {
  hasFeedForward,
  hasSelfAttention,
  inPlaceOfAttention,
  selfAttentionKindOf,
} from '../../../base/choices/self-attention-kind.ts'
import { groupOf, kindsOf } from '../../../base/schema/groups.ts'
import { inMemory, type Place } from '../../../base/schema/place.ts'
import { read, settings, type Values } from '../../../base/schema/settings.ts'
import {
  either,
  finiteNumber,
  flag,
  id,
  integer,
  listOf,
  oneOf,
  positiveInteger,
  type Type,
} from '../../../base/schema/types.ts'
import { type AttentionSettings, attentionType, compressionOf, imageOf } from './attention-settings.ts'
import { type FeedForwardSettings, feedForwardType } from './feed-forward-settings.ts'
import { kindOf, longestFor, type Positions, positionSettings } from './kinds.ts'
import { type LatentsSettings, latentsType } from './latents-settings.ts'
import {
  activations,
  decoderSelfAttention,
  decoderSelfAttentionSettings,
  encoderSelfAttentionSettings,
  stackKindsOf,
} from './own-side-settings.ts'
import { type PictureConfig, pictureSettings } from './picture-settings.ts'

export { type Positions, positionSettings } from './kinds.ts'
export { type Activation, activations } from './own-side-settings.ts'

// Everything that shapes the model: nothing about 512, 8 or 6 is built in. Defaults are the paper's choices, for files that leave a
// setting out; a configuration in memory has them all.

/** More layers than anybody has trained; the names of the weights of many more would not fit into memory. */
const MOST_LAYERS = 10_000
const LAYERS = `a positive integer, at most ${MOST_LAYERS}`

/** The longest sentence that a model takes in tokens, where its file does not say: positions have a row for each. */
const USUAL_LENGTH = 512

/** A number that kernels, which compute in float32, can take. */
const float: Type<number> = {
  expected: 'a finite number of 32 bits',
  accepts: (value): value is number => typeof value === 'number' && Number.isFinite(Math.fround(value)),
}
const positiveFloat: Type<number> = {
  expected: 'positive',
  accepts: (value): value is number => float.accepts(value) && Math.fround(value) > 0,
  within: finiteNumber,
}

/** One stack of layers. */
export const stackSettings = settings({
  layers: {
    type: { ...integer(0, MOST_LAYERS), expected: LAYERS },
    says: 'layers of the stack',
  },
  heads: { type: positiveInteger, says: 'attention heads; heads · dHead may differ from dModel' },
  dHead: { type: positiveInteger, says: 'width of one head' },
  dFeedForward: { type: positiveInteger, says: "width of the feed-forward sub-layer's inner layer" },
  feedForwardDepth: {
    type: integer(1, 100),
    optional: true,
    otherwise: '2',
    says: 'linears of the feed-forward sub-layer, all but the last with an activation',
  },
  feedForward: {
    type: feedForwardType,
    optional: true,
    otherwise: 'one network',
    says: 'feed-forward sub-layers are mixtures of experts',
  },
  attention: {
    type: attentionType,
    optional: true,
    otherwise: 'a token sees its whole sentence',
    says: 'which tokens of its own side a token attends to',
  },
})

/** One stack of layers. `heads` · `dHead` may differ from dModel. */
export interface StackConfig extends Values<typeof stackSettings> {}

const normOrder: Type<NormOrder> = {
  expected: "one of post, postFinal, pre, or Marian's operations (n, a, d) before, after and on top, as 'n/dan/n'",
  accepts: (value): value is NormOrder => typeof value === 'string' && isNormOrder(value),
  parse: (text) => (isNormOrder(text) ? text : undefined),
}

/** The norms. */
export const normSettings = settings({
  kind: {
    type: oneOf('layerNorm', 'rmsNorm'),
    default: 'layerNorm',
    says: 'mean and variance, or the root of the mean square',
  },
  order: {
    type: normOrder,
    default: 'post',
    says: "`post`: Norm(x + f(x)) (the paper); `postFinal`: the same, with one more norm on top of each stack (torch.nn.Transformer); `pre`: x + f(Norm(x)), with that norm; or Marian's operations before a sub-layer, after it and on top of each stack, where `post` is `/dan/` and `pre` `n/da/n`",
  },
  epsilon: { type: positiveFloat, default: 1e-5, says: 'what is added to the variance' },
  embedding: {
    type: flag,
    optional: true,
    otherwise: 'false',
    says: 'there is one more norm after the embedding of each stack (BART)',
  },
  beforePositions: {
    type: oneOf('decoder'),
    optional: true,
    otherwise: 'positions are added first',
    says: 'that norm of the decoder stands in front of the positions (the small Blenderbot)',
  },
})

/** Ids with a meaning. */
export const idSettings = settings({
  end: { type: id, says: 'ends a sentence, of the source too' },
  start: { type: id, default: null, says: 'the first input of the decoder; null: a zero vector (Tensor2Tensor)' },
  padding: { type: id, default: null, says: 'fills batches elsewhere; here only kept for the record' },
  unknown: { type: id, default: null, says: 'stands for what the vocabulary does not have' },
  sourceStart: {
    type: id,
    optional: true,
    says: 'added before every source that does not begin with it; left out: nothing is added',
  },
  sourceEnd: {
    type: either(oneOf('none'), id),
    optional: true,
    otherwise: 'end',
    says: 'ends every source, where it has not been written there; none: nothing does',
  },
})

/** Ids with a meaning. */
export interface SpecialIds extends Values<typeof idSettings> {}

/** The id that ends every source; null where nothing does. */
export const sourceEndOf = ({ sourceEnd, end }: SpecialIds): number | null =>
  sourceEnd === 'none' ? null : (sourceEnd ?? end)

/** A head of cross-attention. */
export const alignmentSettings = settings({
  layer: { type: integer(0), says: 'its layer of the decoder' },
  head: { type: integer(0), default: 0, says: 'which head' },
})

const layerAndHead: Type<readonly [number, number]> = {
  expected: '[layer, head]',
  accepts: (value): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && value.every((index) => integer(0).accepts(index)),
  json: { type: 'array', prefixItems: [integer(0).json, integer(0).json], minItems: 2, maxItems: 2 },
}

/** The front end of an encoder that hears. */
export const soundSettings = settings({
  front: {
    type: oneOf('samples', 'gated'),
    optional: true,
    otherwise: 'two convolutions over a log-mel spectrogram (Whisper)',
    says: '`samples`: three convolutions over samples at 16 kHz, with one norm over a whole sound after the first (Moonshine); `gated`: two convolutions with gates over features (Speech2Text)',
  },
  kernels: {
    type: listOf(positiveInteger, 'a list of two numbers', 2),
    optional: true,
    says: 'with `gated`: the frames that each place of either convolution reads',
  },
  channels: {
    type: positiveInteger,
    optional: true,
    says: 'with `gated`: outputs of the first convolution, half of which are gates',
  },
  mels: {
    type: positiveInteger,
    says: 'bins of the log-mel spectrogram, of which a frame has one value each; with `samples` dModel',
  },
  positions: { type: positiveInteger, says: 'the longest sound in states of the encoder; each state is of two frames' },
  multilingual: {
    type: flag,
    default: true,
    says: 'a transcript begins with its language and task; without it the model knows English alone',
  },
  noTimestamps: {
    type: id,
    optional: true,
    otherwise: 'transcripts have no times (`samples`)',
    says: 'the id that asks for a transcript without times; those of times follow it, the tasks and languages stand before it',
  },
  alignmentHeads: {
    type: listOf(layerAndHead, 'a list of [layer, head]'),
    default: [],
    says: 'heads of cross-attention, as [layer, head], that follow the sound: words get their times from them; without any, those of the upper half of the layers do',
  },
})

/** The front end of an encoder that hears. */
export interface SoundConfig extends Values<typeof soundSettings> {}

/** Settings of an encoder that comes from another checkpoint than its decoder. */
export const encoderSideSettings = settings({
  dModel: {
    type: positiveInteger,
    optional: true,
    otherwise: 'that of the model',
    says: "width of the encoder; where it is another one, a linear leads from the encoder's states to the width of the model",
  },
  activation: {
    type: oneOf(...activations),
    optional: true,
    otherwise: 'that of the model',
    says: 'between the linears of feed-forward sub-layers',
  },
  norm: {
    type: groupOf(normSettings),
    optional: true,
    otherwise: 'that of the model',
    says: 'kind and order of the norms',
  },
  gated: {
    type: flag,
    optional: true,
    otherwise: 'that of the model',
    says: 'feed-forward sub-layers have a gate',
  },
  projected: {
    type: flag,
    optional: true,
    otherwise: 'true',
    says: "that linear is there; without it the decoder's keys and values are made of the states as they are (TrOCR)",
  },
})

/** The kinds of models: an encoder and a decoder that reads its states, or a decoder alone. */
export const modelKinds = ['encoderDecoder', 'decoderOnly'] as const
export type ModelKind = (typeof modelKinds)[number]

/** Everything that shapes the model. */
export const configSettings = settings({
  kind: {
    type: oneOf(...modelKinds),
    optional: true,
    otherwise: 'encoderDecoder',
    says: '`encoderDecoder`: the paper; `decoderOnly`: a decoder alone, which goes on with a text (GPT-2), where `encoder` is left out and `sourceVocabulary` is the vocabulary of all texts',
  },
  dModel: { type: positiveInteger, says: 'width of the model' },
  encoder: { type: groupOf(stackSettings), says: 'layers of the encoder; of 0 layers in a decoder alone' },
  decoder: { type: groupOf(stackSettings), says: 'layers of the decoder, which may differ' },
  encoderSide: {
    type: groupOf(encoderSideSettings),
    optional: true,
    otherwise: 'both sides are alike',
    says: "width, activation and norms of an encoder that differs in them from its decoder (RoBERTa2GPT2); those of the model are the decoder's",
  },
  prompt: {
    type: positiveInteger,
    optional: true,
    otherwise: 'none',
    says: 'learned keys and values in each attention, which every query sees beside those of the tokens (MVP)',
  },
  sound: {
    type: groupOf(soundSettings),
    optional: true,
    says: 'the source is sound: two convolutions over frames of a log-mel spectrogram, and a table of positions, stand in place of the embedding (Whisper)',
  },
  picture: {
    type: groupOf(pictureSettings),
    optional: true,
    says: 'the source is a picture: a linear over patches and tables of positions stand in place of the embedding (ViT, Pix2Struct)',
  },
  latents: {
    type: latentsType,
    optional: true,
    otherwise: 'the model translates',
    says: 'the model is an autoencoder of targets, given their sources: some tokens become one code, and all tokens at once come from the codes (Latent Transformer)',
  },
  rowWidth: {
    type: positiveInteger,
    optional: true,
    otherwise: 'sources are texts',
    says: 'a source may have rows of so many real numbers among its tokens, which a linear embeds (MultiModel)',
  },
  activation: {
    type: oneOf(...activations),
    default: 'relu',
    says: 'between the linears of a feed-forward sub-layer; `gelu` is that of erf, `geluTanh` its approximation, `swish` x · sigmoid(x)',
  },
  gated: {
    type: flag,
    optional: true,
    otherwise: 'false',
    says: 'feed-forward sub-layers have a gate: activation(x W) ∘ (x V), then the outer linear (Shazeer 2020)',
  },
  encoderSelfAttention: {
    type: kindsOf(encoderSelfAttentionSettings, 'attention'),
    optional: true,
    otherwise: '`{ "kind": "attention" }`',
    says: 'how layers of the encoder look at their own side; `convolution`: separable convolutions in place of self-attention and feed-forward (SliceNet)',
  },
  decoderSelfAttention: {
    type: kindsOf(decoderSelfAttentionSettings, 'attention'),
    optional: true,
    otherwise: '`{ "kind": "attention" }`',
    says: 'how layers of the decoder look back at their own side',
  },
  attentionProjection: {
    type: flag,
    optional: true,
    otherwise: 'true',
    says: "there is a linear after the heads of attention, Wᴼ; without it (Marian's transformer-no-projection) heads · dHead is dModel",
  },
  alignment: {
    type: groupOf(alignmentSettings),
    optional: true,
    says: 'the head of cross-attention that has been trained to align words (guided alignment)',
  },
  norm: { type: groupOf(normSettings), otherwise: 'that of each setting', says: 'kind and order of the norms' },
  positions: {
    type: kindsOf(positionSettings, 'interleaved'),
    otherwise: '`{ "kind": "interleaved" }`',
    says: 'where the position of a token enters',
  },
  scaledAttention: {
    type: flag,
    optional: true,
    otherwise: 'true',
    says: 'scores of attention are divided by √dHead (the paper, 3.2.1); those of T5 are not',
  },
  embeddingScale: {
    type: float,
    default: ({ dModel }: { dModel: number }) => Math.sqrt(dModel),
    otherwise: '√dModel',
    says: 'embeddings are multiplied by it',
  },
  sourceVocabulary: { type: positiveInteger, says: 'ids of the source' },
  targetVocabulary: {
    type: positiveInteger,
    default: ({ sourceVocabulary }: { sourceVocabulary: number }) => sourceVocabulary,
    otherwise: 'as the source',
    says: 'ids of the target',
  },
  sharedEmbedding: {
    type: flag,
    default: (before: { sourceVocabulary: number; targetVocabulary: number }) =>
      before.sourceVocabulary === before.targetVocabulary,
    otherwise: 'true where the vocabularies are equal',
    says: 'one matrix embeds source and target',
  },
  tiedOutput: { type: flag, default: true, says: 'the target embedding is the output matrix too' },
  outputBias: { type: flag, default: false, says: "there is a bias on the logits (Marian's final_logits_bias)" },
  linearBias: { type: flag, default: true, says: 'linears of attention and feed-forward have biases' },
  outputTransform: {
    type: flag,
    optional: true,
    otherwise: 'false',
    says: 'a linear, the activation and a norm stand between the decoder and the output (BERT)',
  },
  outputScale: { type: float, default: 1, says: 'logits are multiplied by it (T5, tied: dModel^−½)' },
  ids: { type: groupOf(idSettings), says: 'ids with a meaning' },
  maxLength: {
    type: positiveInteger,
    default: ({ positions }: { positions: Positions }) => Math.max(1, Math.min(USUAL_LENGTH, longestFor(positions))),
    otherwise: `${USUAL_LENGTH}, or as many as learned positions have rows for`,
    says: 'the longest source and target in tokens, of which learned positions have a row for each',
  },
})

/** Everything that shapes the model: nothing about 512, 8 or 6 is built in. */
export interface ModelConfig extends Values<typeof configSettings> {}

/** The model as its encoder sees it: width, activation and norms are those of the encoder. */
export function encoderView(config: ModelConfig): ModelConfig {
  const { dModel, activation, norm, gated } = { ...config, ...config.encoderSide }
  return { ...config, dModel, activation, norm, gated }
}

/** Whether the model is a decoder alone, which goes on with a text. */
export const isDecoderOnly = ({ kind }: Pick<ModelConfig, 'kind'>): boolean => kind === 'decoderOnly'

/** Throws ERR_MODEL_FORMAT where a configuration cannot be a model; `where` names it. */
export function checkConfig(config: ModelConfig, where: string): void {
  const place = inMemory(where)
  checkTogether(read(configSettings, config, place, {}), place)
}

/** Checks settings against each other; each is already right by itself. */
function checkTogether(config: ModelConfig, place: Place): void {
  const { positions, sharedEmbedding, sourceVocabulary, targetVocabulary } = config
  if (sharedEmbedding && sourceVocabulary !== targetVocabulary)
    place.refuse(`a shared embedding needs equal vocabularies, not ${sourceVocabulary} and ${targetVocabulary}`)
  kindOf(positions).check?.(positions, config, place)
  if (config.sound) checkSound(config.sound, config, place)
  if (config.picture) checkPicture(config.picture, config, place)
  checkKind(config, place)
  if (config.latents) checkLatents(config.latents, config, place)
  if (config.rowWidth !== undefined) checkRows(config, place)
  if (config.encoderSide) checkEncoderSide(config.encoderSide, config, place)
  if (config.prompt !== undefined) checkPrompt(config, place)
  checkSublayers(config, place)
  checkIds(config, place)
}

function checkPrompt(config: ModelConfig, place: Place): void {
  const { encoder, decoder, positions, encoderSelfAttention, decoderSelfAttention } = config
  if (isDecoderOnly(config)) place.refuse('prompt goes with an encoder')
  if (config.sound || config.picture || config.latents || config.encoderSide)
    place.refuse('prompt goes with sources that are tokens')
  if (encoder.attention || decoder.attention || encoderSelfAttention || decoderSelfAttention)
    place.refuse('prompt goes with attention to all tokens')
  if (encoder.heads * encoder.dHead !== decoder.heads * decoder.dHead || !addsToEmbeddings[positions.kind])
    place.refuse('prompt goes with positions that are added to embeddings, and stacks of one width')
}

function checkEncoderSide({ dModel }: Values<typeof encoderSideSettings>, config: ModelConfig, place: Place): void {
  if (isDecoderOnly(config)) place.refuse('encoderSide goes with an encoder')
  if ((config.sound && !config.sound.front) || config.latents || config.rowWidth !== undefined)
    place.refuse('encoderSide goes with sources that are tokens, samples or a picture, and without latents')
  if (config.sound && dModel !== undefined) place.refuse('an encoder of samples has the width of its decoder')
  if (config.sharedEmbedding && !config.picture && dModel !== undefined && dModel !== config.dModel)
    place.refuse(`a shared embedding needs sides of one width, not ${dModel} and ${config.dModel}`)
}

function checkSound(
  { front, kernels, channels, mels, noTimestamps, alignmentHeads }: SoundConfig,
  { positions, decoder, targetVocabulary, ids, dModel }: ModelConfig,
  place: Place,
): void {
  if (front && noTimestamps !== undefined)
    place.refuse(`a model of ${front} has no times: leave sound.noTimestamps out`)
  if (front === 'gated') {
    const own = place.within('sound')
    if (!addsToEmbeddings[positions.kind] || positions.kind === 'learned')
      place.refuse(`an encoder of gated convolutions needs positions that are sinusoids, not ${positions.kind}`)
    if (kernels?.length !== 2) own.fail('kernels', 'a list of two numbers', kernels)
    if (channels === undefined || channels % 2) own.fail('channels', 'an even number', channels)
    return
  }
  if (front) {
    if (addsToEmbeddings[positions.kind]) place.refuse(`an encoder of samples goes without positions ${positions.kind}`)
    if (mels !== dModel) place.within('sound').fail('mels', `dModel (${dModel}) with samples`, mels)
    return
  }
  if (noTimestamps === undefined) return place.within('sound').fail('noTimestamps', 'an id', noTimestamps)
  if (!addsToEmbeddings[positions.kind])
    place.refuse(`a model of sound needs positions that are added to embeddings, not ${positions.kind}`)
  if (noTimestamps + 1 >= targetVocabulary || noTimestamps <= ids.end)
    place
      .within('sound')
      .fail('noTimestamps', `between the end (${ids.end}) and the last of ${targetVocabulary} ids`, noTimestamps)
  for (const [layer, head] of alignmentHeads)
    if (layer >= decoder.layers || head >= decoder.heads)
      place
        .within('sound')
        .fail('alignmentHeads', `heads of ${decoder.layers} layers with ${decoder.heads} heads`, [layer, head])
}

function checkPicture({ patch, size, states, positions }: PictureConfig, config: ModelConfig, place: Place): void {
  const { sound, latents, rowWidth, encoder, encoderSelfAttention } = config
  if (isDecoderOnly(config) || sound || latents || rowWidth !== undefined)
    place.refuse('picture goes with an encoder that reads nothing else, and a decoder that writes texts')
  if (encoder.attention || encoderSelfAttention) place.refuse('picture goes with attention to all patches')
  const own = place.within('picture')
  if (!size) return
  if (size.some((side) => side % patch)) own.fail('size', `multiples of the patch (${patch})`, size)
  const all = states + (size[0] / patch) * (size[1] / patch)
  if (positions !== all) own.fail('positions', `${all}, one for each state`, positions)
}

function checkLatents(
  { every, kind, bits }: LatentsSettings,
  { positions, norm, sound, decoder, dModel, maxLength, ...config }: ModelConfig,
  place: Place,
): void {
  const own = place.within('latents')
  if (isDecoderOnly(config) || sound) place.refuse('latents go with an encoder that reads tokens')
  if (!addsToEmbeddings[positions.kind])
    place.refuse(`latents need positions that are added to embeddings, not ${positions.kind}`)
  if (norm.embedding) place.refuse('latents go without a norm after embeddings')
  if (decoder.attention || decoderSelfAttention(config).kind !== 'attention')
    place.refuse('with latents, the decoder attends to whole targets')
  if (kind === 'dvq' && (bits % 2 || dModel % 2)) own.fail('bits', 'even with dvq, where dModel is even too', bits)
  if (every > maxLength) own.fail('every', `at most maxLength (${maxLength})`, every)
}

function checkRows({ sound, latents, norm, ...config }: ModelConfig, place: Place): void {
  if (isDecoderOnly(config) || sound || latents)
    place.refuse('rowWidth goes with an encoder that reads tokens, and a decoder that writes translations')
  if (norm.embedding) place.refuse('rowWidth goes without a norm after embeddings')
}

function checkKind(config: ModelConfig, place: Place): void {
  const { encoder, decoder, sharedEmbedding, alignment } = config
  if (!decoder.layers) place.within('decoder').fail('layers', LAYERS, decoder.layers)
  if (!isDecoderOnly(config)) {
    if (!encoder.layers) place.within('encoder').fail('layers', LAYERS, encoder.layers)
    return
  }
  if (encoder.layers) place.within('encoder').fail('layers', '0 in a decoder alone', encoder.layers)
  if (!sharedEmbedding) place.fail('sharedEmbedding', 'true in a decoder alone', sharedEmbedding)
  if (alignment) place.fail('alignment', 'left out in a decoder alone', alignment)
}

function checkAttention({ encoder, decoder, positions, norm, ...config }: ModelConfig, place: Place): void {
  const { attention } = encoder
  if (attention?.global) checkBlocks(attention.local, attention.global, { positions, norm, ...config }, place)
  if (attention && Array.isArray(attention.local) && attention.local.length !== encoder.layers)
    place
      .within('encoder')
      .within('attention')
      .fail('local', `a number, or one for each of ${encoder.layers} layers`, attention.local)
  if (attention?.global?.kind === 'blocks' && positions.kind !== 'buckets')
    place.refuse(`global tokens that are sums of blocks go with positions of buckets, not ${positions.kind}`)
  if (encoder.layers && attention?.compressed)
    place.refuse("encoder.attention has no compressed memory, which is a decoder's")
  const { layers = [] } = compressionOf(decoder) ?? {}
  for (const layer of layers)
    if (layer >= decoder.layers)
      place
        .within('decoder')
        .within('attention')
        .within('compressed')
        .fail('layers', `layers below ${decoder.layers}`, layers)
  if (Array.isArray(decoder.attention?.local) || decoder.attention?.global)
    place.refuse('decoder.attention has one number for all layers, and no global tokens')
  if (encoder.layers && imageOf(encoder)) place.refuse("encoder.attention has no image, which is a decoder's")
  if (!imageOf(decoder)) return
  if (compressionOf(decoder)) place.refuse('decoder.attention has an image or compressed memory, not both')
  if (positions.kind === 'relative' || positions.kind === 'buckets')
    place.refuse(`attention in an image goes without distances of a line, which are the positions: ${positions.kind}`)
}

/** Checks global tokens beside blocks that see whole blocks. */
function checkBlocks(
  local: AttentionSettings['local'],
  global: NonNullable<AttentionSettings['global']>,
  { positions, norm, encoderSelfAttention }: Pick<ModelConfig, 'positions' | 'norm' | 'encoderSelfAttention'>,
  place: Place,
): void {
  if (global.kind !== 'ends' && global.kind !== 'learned') return
  const own = place.within('encoder').within('attention')
  if (!addsToEmbeddings[positions.kind])
    place.refuse(`global tokens of the kind '${global.kind}' go with positions that are added to embeddings`)
  if (global.kind === 'ends') {
    if (local !== 2 * global.size) own.fail('local', `twice the size of a block (${2 * global.size})`, local)
    return
  }
  if (typeof local !== 'number' || (global.staggered && local % 2))
    own.fail('local', 'the tokens of a block, an even number where blocks are staggered', local)
  if (norm.order !== 'pre' || encoderSelfAttention)
    place.refuse('learned global tokens go with norms in front of self-attention')
}

function checkExperts(
  { experts, k, softmax, zLoss }: FeedForwardSettings,
  { gated, feedForwardDepth }: { feedForwardDepth: number; gated?: boolean },
  place: Place,
): void {
  if (k > experts) place.within('feedForward').fail('k', `at most experts (${experts})`, k)
  if (zLoss && softmax !== 'all') place.within('feedForward').fail('zLoss', 'left out unless softmax is all', zLoss)
  if (gated || feedForwardDepth !== 2) place.refuse('experts have two linears and no gate')
}

function checkSublayers(config: ModelConfig, place: Place): void {
  checkAttention(config, place)
  const kinds = stackKindsOf(config)
  for (const side of ['encoder', 'decoder'] as const) {
    if (config[side].attention && !hasSelfAttention(kinds, side))
      place.refuse(
        `${side}.attention goes with self-attention, and the ${side} has ${inPlaceOfAttention[selfAttentionKindOf(kinds, side)]}`,
      )
    if (config[side].feedForward && !hasFeedForward(kinds, side))
      place.refuse(
        `${side}.feedForward goes with a feed-forward sub-layer, and the ${side} has ${inPlaceOfAttention.convolution}`,
      )
  }
  const { dModel, encoder, decoder, gated, attentionProjection = true, alignment } = config
  for (const [name, { heads, dHead, feedForwardDepth = 2, feedForward }] of Object.entries({
    encoder,
    decoder,
  })) {
    if (feedForward) checkExperts(feedForward, { gated, feedForwardDepth }, place.within(name))
    if (!attentionProjection && heads * dHead !== dModel)
      place.refuse(
        `without attentionProjection, ${name}.heads · dHead must be dModel (${dModel}), not ${heads * dHead}`,
      )
    if (gated && feedForwardDepth !== 2)
      place.within(name).fail('feedForwardDepth', '2 in a model that is gated', feedForwardDepth)
  }
  if (!alignment) return
  for (const [name, value, limit] of [
    ['layer', alignment.layer, decoder.layers],
    ['head', alignment.head, decoder.heads],
  ] as const)
    if (value >= limit) place.within('alignment').fail(name, `below ${limit}`, value)
}

function checkIds({ ids, sourceVocabulary, targetVocabulary }: ModelConfig, place: Place): void {
  const check = (name: keyof SpecialIds, side: string, vocabulary: number) => {
    const id = ids[name] ?? null
    if (typeof id === 'number' && id >= vocabulary)
      place.refuse(`ids.${name} is ${id}, outside the ${side} vocabulary of ${vocabulary}`)
  }
  check('sourceStart', 'source', sourceVocabulary)
  check('sourceEnd', 'source', sourceVocabulary)
  for (const name of ['end', 'start', 'padding', 'unknown'] as const) check(name, 'target', targetVocabulary)
}
