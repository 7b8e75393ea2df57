import { kindsOf, type OfKind } from '../../../base/schema/groups.ts'
import { settings } from '../../../base/schema/settings.ts'
import { flag, listOf, oneOf, type Type, text, wordOrNothing } from '../../../base/schema/types.ts'
import { hubClasses } from '../../../language/text/hub/hub-classes.ts'

/** A path in the name could lead out of the folder. */
const fileName: Type<string> = {
  expected: 'the name of a file in this folder',
  accepts: (value): value is string =>
    text.accepts(value) && /^[^/\\]+$/.test(value) && value !== '..' && value !== '.',
  within: text,
}

const target = {
  type: fileName,
  optional: true,
  otherwise: "the source's",
  says: 'the file of the target side',
} as const

/** The tokenizer entry of config.json for each kind; the files are in the same folder. */
export const tokenizerSettings = {
  sentencepiece: settings({
    source: { type: fileName, says: "a SentencePiece model whose ids are the model's" },
    target,
    extraPieces: {
      type: listOf(text, 'a list of texts'),
      optional: true,
      says: 'pieces of the ids beyond those of the .spm, `["<pad>"]` for instance',
    },
  }),
  words: settings({
    source: {
      type: fileName,
      says: "a word a line, whose number (from 0) is the word's id, with a line for every id of the model",
    },
    target,
    joiner: {
      type: wordOrNothing,
      optional: true,
      says: 'the end of a word that continues in the next one (`@@`), written without it and the white space after it; with nothing (`""`) all words are written without white space between them',
    },
  }),
  vocabulary: settings({
    source: { type: fileName, says: "a JSON list of the source's tokens by id" },
    target,
    pieces: {
      type: fileName,
      optional: true,
      otherwise: 'none: lists of tokens are taken, and no texts',
      says: 'a SentencePiece model whose pieces are looked up in these lists',
    },
    targetPieces: {
      type: fileName,
      optional: true,
      otherwise: 'as pieces',
      says: 'the SentencePiece model that joins translations',
    },
    codes: {
      type: fileName,
      optional: true,
      says: "codes of subword-nmt, in place of pieces: texts are cut into Moses' tokens first",
    },
    sourceLanguage: { type: text, optional: true, otherwise: 'en', says: "the language of Moses' rules for texts" },
    targetLanguage: { type: text, optional: true, otherwise: 'en', says: 'that for translations' },
    underscores: {
      type: flag,
      optional: true,
      otherwise: 'false',
      says: 'underscores come out as spaces too, as Argos Translate has it',
    },
    fairseq: {
      type: flag,
      optional: true,
      otherwise: 'false',
      says: "with codes: texts are prepared for Moses' rules as by fairseq, dashes within words are tokens, and the unknown token comes out as nothing",
    },
    textEnd: {
      type: flag,
      optional: true,
      otherwise: 'false',
      says: 'texts are ended by the end even where `ids.sourceEnd` is none',
    },
    unknown: { type: text, says: 'the token in place of what a list lacks' },
  }),
  /** The files of a Marian folder, under Marian's names. */
  marian: {},
  /** The files of another Hugging Face family, under that family's names. */
  huggingface: settings({
    class: {
      type: oneOf(...hubClasses),
      says: 'the class of the tokenizer in Python, unless tokenizer_config.json says another',
    },
  }),
  /** Ids in, ids out. */
  none: {},
}

/**
 * The tokenizer entry of our config.json: files in the same folder. Without `target` the source's file serves both
 * sides.
 */
export type TokenizerEntry = OfKind<typeof tokenizerSettings>

export const tokenizerEntry: Type<TokenizerEntry> = kindsOf(tokenizerSettings, 'none')
