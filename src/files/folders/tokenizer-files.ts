import { isArrayOf } from '../../base/array-of.ts'
import { GlassformerError } from '../../base/errors.ts'
import type { OfKind } from '../../base/schema/groups.ts'
import { settings } from '../../base/schema/settings.ts'
import { flag, listOf, oneOf, type Type, text } from '../../base/schema/types.ts'
import { type ModelConfig, type SpecialIds, sourceEndOf } from '../../engine/model/config.ts'
import type { CreateHubTokenizer } from '../../language/text/hub/create-hub-tokenizer.ts'
import { hubClasses } from '../../language/text/hub/hub-classes.ts'
import { createMarianTokenizer } from '../../language/text/marian-tokenizer.ts'
import { RowsTokenizer } from '../../language/text/rows-tokenizer.ts'
import { createSentencePieceTokenizer } from '../../language/text/sentencepiece-tokenizer.ts'
import type { Tokenizer } from '../../language/text/tokenizer.ts'
import { createVocabularyTokenizer } from '../../language/text/vocabulary-tokenizer.ts'
import { createWordsTokenizer, joinedText, linesOf } from '../../language/text/words-tokenizer.ts'
import { isJsonObject, type JsonObject } from '../formats/json/json-text.ts'

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

/** A text in the form of the model's output, with segmented words joined again. */
export const asWritten = (text: string, tokenizer: TokenizerContents): string =>
  tokenizer.kind === 'words' && tokenizer.joiner !== undefined ? joinedText(text, tokenizer.joiner) : text

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

/**
 * Makes the tokenizer of the files; null where there are none. Throws ERR_TOKENIZER_FORMAT for damaged files. Throws
 * ERR_MODEL_FORMAT for a tokenizer that has more ids than the model, or another end-of-sentence id. `createHub` makes
 * tokenizers of kind 'huggingface', and may be null for other kinds.
 */
export function makeTokenizer(files: TokenizerFiles, createHub: CreateHubTokenizer | null): Tokenizer | null {
  if (files.kind === 'none' || !takesTexts(files)) return null
  const { where, model } = files
  const tokenizer = create(files, createHub)
  const end = tokenizer.end ?? tokenizer.encodeTarget('').at(-1)
  const foreign = (what: string) =>
    new GlassformerError('ERR_MODEL_FORMAT', `${where}: tokenizer and model do not belong together: ${what}`)
  const check = (side: string, size: number, vocabulary: number) => {
    if (size > vocabulary)
      throw foreign(`the tokenizer has ${size} ids and the model only ${vocabulary} for the ${side}`)
  }
  // A model may generate every id, so a list must have a word for each.
  const checkWhole = (side: string, size: number, vocabulary: number) => {
    if (size < vocabulary)
      throw foreign(
        `the list has ${size} words and the model ${vocabulary} ids for the ${side}: it is cut short, or another's`,
      )
  }
  check('source', tokenizer.sourceSize, model.sourceVocabulary)
  check('target', tokenizer.targetSize, model.targetVocabulary)
  if (end !== model.ids.end)
    throw foreign(`the tokenizer ends a sentence with id ${end} and the model with ${model.ids.end}`)
  if (files.kind === 'words' || files.kind === 'vocabulary') {
    checkWhole('source', tokenizer.sourceSize, model.sourceVocabulary)
    checkWhole('target', tokenizer.targetSize, model.targetVocabulary)
  }
  return model.rowWidth === undefined ? tokenizer : new RowsTokenizer(tokenizer, model.rowWidth)
}

/**
 * The tokenizer of a vocabulary that has no file for texts; null for other files. A text is then tokens with spaces
 * between them, to which nothing is added that is not added to lists of tokens.
 */
export const tokensAlone = (files: TokenizerFiles): Tokenizer | null =>
  files.kind === 'vocabulary' && !takesTexts(files) ? create({ ...files, textEnd: false }, null) : null

function create(files: Exclude<TokenizerFiles, { kind: 'none' }>, createHub: CreateHubTokenizer | null): Tokenizer {
  const { sourceStart } = files.model.ids
  switch (files.kind) {
    case 'marian':
      return createMarianTokenizer({ ...files, sourceStart })
    case 'huggingface':
      return createHub!({ ...files, modelSize: files.model.targetVocabulary, modelStart: files.model.ids.start })
    case 'sentencepiece':
      return createSentencePieceTokenizer({ ...files, endId: files.model.ids.end, sourceStart })
    case 'vocabulary': {
      const { end, start } = files.model.ids
      const ids = { end, start, sourceStart, sourceEnd: sourceEndOf(files.model.ids) }
      return createVocabularyTokenizer({ ...files, ids })
    }
    case 'words':
      return createWordsTokenizer({
        ...files,
        sourceStart,
        ...specialWords(files.target ?? files.source, files.model.ids),
      })
  }
}

/** The words at the model's special ids; where an id is null or past the list, the tokenizer's own default applies. */
function specialWords(list: string, { end, unknown, start, padding }: SpecialIds) {
  const last = Math.max(...[end, unknown, start, padding].map((id) => id ?? 0))
  const words = [...firstOf(linesOf(list), last + 1)]
  const at = (id: number | null) => (id === null ? undefined : words[id] || undefined)
  return {
    end: at(end),
    unknown: at(unknown),
    silent: ['<pad>', '<s>', at(start), at(padding)].filter((word) => word !== undefined),
  }
}

function* firstOf<T>(values: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const value of values) {
    if (left-- === 0) return
    yield value
  }
}
