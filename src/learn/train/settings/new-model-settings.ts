import { normOrders } from '../../../base/choices/norm-order.ts'
import type { PositionKindName } from '../../../base/choices/position-kinds.ts'
import { settings, type Values } from '../../../base/schema/settings.ts'
import { flag, integer, listOf, oneOf, type Type, text, wordOrNothing } from '../../../base/schema/types.ts'
import { attentionType } from '../../../engine/model/config/attention-settings.ts'
import { activations } from '../../../engine/model/config/config.ts'
import { feedForwardType } from '../../../engine/model/config/feed-forward-settings.ts'
import { positionKinds } from '../../../engine/model/config/kinds.ts'
import { latentsType } from '../../../engine/model/config/latents-settings.ts'
import { decoderSelfAttentionKinds, encoderSelfAttentionKinds } from '../../../engine/model/config/own-side-settings.ts'
import { MOST_CLIP } from '../../../engine/model/config/position-kind.ts'
import { initializations } from './initialize.ts'

// The schemas of a new model and of its vocabulary, two groups in the file of settings.

/**
 * Weights that share one matrix. 'all': source embedding, target embedding and output, as far as their vocabularies
 * allow; 'embeddings': both embeddings; 'output': the target embedding and the output.
 */
export const tyings = ['all', 'embeddings', 'output', 'none'] as const
export type Tying = (typeof tyings)[number]

const languageCode: Type<string> = {
  expected: 'a code of a language',
  accepts: (value): value is string => typeof value === 'string' && /^[^<>\s]+$/.test(value),
}

/** A vocabulary that is trained for a new model. */
export const vocabularySettings = settings({
  type: {
    type: oneOf('unigram', 'bpe', 'words'),
    default: 'unigram',
    flag: '--vocabulary-type <type>',
    says: 'pieces of words, or words as white space parts them, for text that is segmented already',
  },
  size: {
    type: integer(1),
    default: 8000,
    flag: '--vocabulary-size <n>',
    says: 'pieces, or the most frequent words; there are fewer where the text does not have so many',
  },
  sharing: {
    type: oneOf('joint', 'separate'),
    default: 'joint',
    says: 'one vocabulary for both languages, or one for each',
  },
  punctuation: {
    type: oneOf('plain', 'kept'),
    default: 'plain',
    flag: '--punctuation <how>',
    says: 'plain: in sources, ’ “ ” ‑ and the like are read as those of a keyboard',
  },
  joiner: {
    type: wordOrNothing,
    optional: true,
    flag: '--joiner <text>',
    says: 'with words: the end of a word that continues in the next, @@ for instance; with nothing (""), words are written without white space between them',
  },
  byteFallback: {
    type: flag,
    default: false,
    says: 'a character that is no piece is cut into its bytes, which are 256 pieces, so that none is unknown; the rarest characters, together 1 in 2,000, are no pieces then',
  },
  splitDigits: {
    type: flag,
    default: false,
    says: 'each digit is a piece of its own, so that numbers are written digit by digit',
  },
  placeholders: {
    type: integer(0, 99),
    default: 0,
    says: 'pieces ⟦1⟧, ⟦2⟧ … that stand for what a translation takes over as it is',
  },
  targetLanguages: {
    type: listOf(languageCode, 'a list of codes of languages without white space, < and >'),
    optional: true,
    says: 'pieces >>fr<< …, with which sources begin that are to be translated into these languages, so that one model learns several',
  },
  sourceLanguage: { type: text, optional: true, says: 'language of the sources, for tokenizer_config.json' },
  targetLanguage: { type: text, optional: true, says: 'language of the targets' },
})

/** The shape of a new model, and its initialization. */
export const modelSettings = settings({
  dModel: { type: integer(1), default: 256, says: 'the width of the model' },
  encoderLayers: {
    type: integer(1),
    default: 3,
    says: 'layers of the encoder; a deep encoder and a shallow decoder translate fast: 6 and 2, say',
  },
  decoderLayers: { type: integer(1), default: 3, says: 'layers of the decoder' },
  heads: { type: integer(1), default: 4, says: 'attention heads, which divide dModel' },
  dFeedForward: { type: integer(1), default: 1024, says: 'the inner width of the feed-forward layers' },
  encoderSelfAttention: {
    type: oneOf(...encoderSelfAttentionKinds),
    default: 'attention',
    flag: '--encoder <kind>',
    says: 'how the encoder looks at its own side: self-attention, or separable convolutions in place of self-attention and feed-forward (convolution, SliceNet, Kaiser et al. 2017)',
  },
  decoderSelfAttention: {
    type: oneOf(...decoderSelfAttentionKinds),
    default: 'attention',
    flag: '--decoder <kind>',
    says: 'how the decoder looks back at its own side: masked self-attention, a recurrent unit that translates faster (ssru, Kim et al. 2019), average attention (average, Zhang et al. 2018), or separable convolutions in place of self-attention and feed-forward (convolution, SliceNet)',
  },
  attention: {
    type: attentionType,
    optional: true,
    otherwise: 'a token sees its whole sentence',
    flag: '--local-attention <n>',
    says: 'local attention for long texts, { local: n }: a token sees the tokens of its own side that are fewer than n away; a stack without self-attention stays as it is; on the command line n:3, or { local: n, compressed: { factor: 3 } }, gives every second layer of the decoder a compressed memory of the whole text; 8x8/4x4/4x4, or { local: { image: [8, 8], block: [4, 4], flange: [4, 4] } }, says that the tokens of a target are an image of 8 × 8 in order of generation, block after block, and that a token of the decoder sees its block and the flange above and beside it (Image Transformer)',
  },
  feedForward: {
    type: feedForwardType,
    optional: true,
    otherwise: 'one network',
    flag: '--experts <n>',
    says: 'feed-forward layers are mixtures of experts, { experts: n, k: 2 }, of which each token has k (Shazeer et al. 2017)',
  },
  latents: {
    type: latentsType,
    optional: true,
    otherwise: 'the model translates',
    flag: '--latents <n>',
    says: 'the model is an autoencoder of targets, { every: n }: n of their tokens become one code (Latent Transformer, Kaiser et al. 2018); glassformer latents writes the codes, which a second training learns to predict',
  },
  rowWidth: {
    type: integer(1),
    optional: true,
    otherwise: 'sources are texts',
    says: 'a source may be rows of so many real numbers, written as JSON, which a linear embeds (MultiModel, Kaiser et al. 2017)',
  },
  activation: {
    type: oneOf(...activations),
    default: 'relu',
    says: 'between the two linears of a feed-forward layer; relu is the fastest: zeros are skipped',
  },
  norm: {
    type: oneOf(...normOrders),
    default: 'post',
    flag: '--norm <order>',
    says: "where norms stand: post is the paper's order, pre easier to train when deep, postFinal has one more norm on each stack *",
  },
  positions: {
    type: oneOf(...(Object.keys(positionKinds) as PositionKindName[])),
    default: 'halves',
    flag: '--positions <kind>',
    says: 'how a position enters: sinusoids of Marian (halves), the paper (interleaved) or Tensor2Tensor (timingSignal), a learned table, relative distances (Shaw et al. 2018), buckets of them (T5), rotations of queries and keys (rotary, Su et al. 2021), or not *',
  },
  clip: {
    type: integer(1, MOST_CLIP),
    optional: true,
    otherwise: '16 with relative',
    flag: '--clip <n>',
    says: 'with relative positions: the furthest distance that is told apart',
  },
  tying: {
    type: oneOf(...tyings),
    default: 'all',
    flag: '--tying <what>',
    says: 'what shares one matrix: both embeddings (with a joint vocabulary) and the output, the embeddings only, the output with the target embedding, or nothing',
  },
  initialization: {
    type: oneOf(...initializations),
    default: 'glorot',
    flag: '--initialization <kind>',
    says: 'first weights of matrices: uniform in ±√(6 / (inputs + outputs)), or N(0, 1 / inputs); embeddings and learned positions begin as N(0, 1 / dModel)',
  },
  maxLength: { type: integer(1), default: 512, says: 'the longest sentence in tokens' },
})

/** A vocabulary that is trained for a new model: pieces of words, or whole words where white space separates them already. */
export type VocabularySettings = Omit<Values<typeof vocabularySettings>, PieceSetting> &
  Partial<Pick<Values<typeof vocabularySettings>, PieceSetting>>

/** The settings that a vocabulary of `words` does not have. */
export const pieceSettings = ['punctuation', 'byteFallback', 'splitDigits', 'placeholders', 'targetLanguages'] as const
type PieceSetting = (typeof pieceSettings)[number]

/** The shape of a new model, and its initialization. */
export type ModelSettings = Values<typeof modelSettings>
