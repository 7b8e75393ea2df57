import type { OfKind } from '../../../base/schema/groups.ts'
import { settings } from '../../../base/schema/settings.ts'
import { flag, listOf, oneOf, type Type, text } from '../../../base/schema/types.ts'
import { isArrayOf } from '../../../base/values/value-class.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'
import { hubClasses } from '../../../language/text/hub/hub-classes.ts'
import { joinedText } from '../../../language/text/tokenizer/words-tokenizer.ts'

/** A text in the form of the model's output, with segmented words joined again. */
export const joinWords = (text: string, tokenizer: TokenizerContents): string =>
  tokenizer.kind === 'words' && tokenizer.joiner !== undefined ? joinedText(text, tokenizer.joiner) : text

const bytes: Type<Uint8Array> = {
  expected: 'a Uint8Array',
  accepts: (value): value is Uint8Array => isArrayOf(Uint8Array, value),
}

const json: Type<JsonObject> = { expected: 'an object', accepts: isJsonObject }

/** The contents of the files of each kind of tokenizer. */
export const contentsSettings = {
  none: {},
  words: settings({
    source: { type: text, says: 'a word a line' },
    target: { type: text, optional: true, says: 'the same of the target side' },
    joiner: {
      type: text,
      optional: true,
      says: "the end of a word that goes on in the next word, taken off on output; with '' all words are joined",
    },
  }),
  sentencepiece: settings({
    source: { type: bytes, says: 'a SentencePiece model' },
    target: { type: bytes, optional: true, says: 'that of the target side' },
    extraPieces: {
      type: listOf(text, 'a list of texts'),
      optional: true,
      says: 'what the vocabulary has beyond the .spm, `<pad>` for instance',
    },
  }),
  vocabulary: settings({
    source: { type: text, says: 'the tokens by id, as a JSON list' },
    target: { type: text, optional: true, says: 'those of the target side' },
    pieces: {
      type: bytes,
      optional: true,
      says: 'the SentencePiece model that cuts texts; without it lists of tokens are taken alone',
    },
    targetPieces: { type: bytes, optional: true, says: 'the one that joins translations' },
    codes: { type: text, optional: true, says: "the codes of subword-nmt that cut Moses' tokens, in place of pieces" },
    sourceLanguage: { type: text, optional: true, says: "the language of Moses' rules for texts" },
    targetLanguage: { type: text, optional: true, says: 'that for translations' },
    underscores: { type: flag, optional: true, says: 'underscores come out as spaces too, as Argos Translate has it' },
    fairseq: { type: flag, optional: true, says: "texts are prepared for Moses' rules as by fairseq" },
    textEnd: { type: flag, optional: true, says: 'texts are ended, even where lists of tokens are not' },
    unknown: { type: text, says: 'the token in place of what the vocabulary lacks' },
  }),
  marian: settings({
    source: { type: bytes, says: 'source.spm' },
    target: { type: bytes, says: 'target.spm' },
    vocabulary: { type: text, says: 'vocab.json' },
    targetVocabulary: { type: text, optional: true, says: 'target_vocab.json' },
    configuration: { type: json, says: 'tokenizer_config.json' },
  }),
  huggingface: settings({
    class: {
      type: oneOf(...hubClasses),
      says: 'the class of the tokenizer, unless tokenizer_config.json says another',
    },
    definition: { type: text, optional: true, says: 'tokenizer.json, before which the files below do not count' },
    pieces: { type: bytes, optional: true, says: 'spiece.model or sentencepiece.bpe.model' },
    vocabulary: { type: text, optional: true, says: 'vocab.json' },
    merges: { type: text, optional: true, says: 'merges.txt' },
    configuration: { type: json, says: 'tokenizer_config.json' },
    specialTokens: { type: json, says: 'special_tokens_map.json' },
    addedTokens: { type: json, says: 'added_tokens.json' },
  }),
}

/**
 * The contents of tokenizer files; a model of kind 'none' has ids as inputs and outputs. Without `target` the source's
 * file serves both sides.
 */
export type TokenizerContents = OfKind<typeof contentsSettings>

/** Whether the tokenizer converts between texts and ids; lists of tokens alone cannot. */
export const takesTexts = (
  tokenizer: Pick<TokenizerContents, 'kind'> & { pieces?: unknown; codes?: unknown },
): boolean =>
  tokenizer.kind !== 'none' &&
  (tokenizer.kind !== 'vocabulary' || tokenizer.pieces !== undefined || tokenizer.codes !== undefined)

/** The model that the files belong to. `where` is its folder, for messages. */
export interface TokenizerPlace {
  where: string
  model: Pick<ModelConfig, 'ids' | 'sourceVocabulary' | 'targetVocabulary' | 'rowWidth'>
}

/** A folder's tokenizer files: plain data that can be cloned to a worker, which rebuilds the tokenizer there. */
export type TokenizerFiles = { kind: 'none' } | (Exclude<TokenizerContents, { kind: 'none' }> & TokenizerPlace)

/** Files with contents read from `where`, for the model of that folder. */
export function filesFor(
  contents: TokenizerContents,
  where: string,
  { ids, sourceVocabulary, targetVocabulary, rowWidth }: ModelConfig,
): TokenizerFiles {
  return contents.kind === 'none'
    ? contents
    : { ...contents, where, model: { ids, sourceVocabulary, targetVocabulary, rowWidth } }
}
