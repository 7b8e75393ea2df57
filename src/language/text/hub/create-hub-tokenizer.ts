import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'
import { JOINER, SubwordCodes } from '../moses/subword-codes.ts'
import { SentencePiece } from '../sentencepiece/sentencepiece.ts'
import { stripSpaces } from '../sentences/spaces.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { AddedTokens, specialToken } from './added-tokens.ts'
import { type HubClass, mbart50Languages, mbartLanguages, plbartLanguages } from './hub-classes.ts'
import { HubConfiguration, HubTokenizer, type LanguagePlace } from './hub-tokenizer.ts'
import type { Pipeline } from './pipeline.ts'
import {
  fairseqPieces,
  pegasusPieces,
  type SpecialNames,
  sentencePiecePipeline,
  t5Pieces,
  vocabularyPipeline,
} from './sentencepiece-pipeline.ts'
import { Spec } from './spec.ts'
import { bare } from './template.ts'
import { tokenizerJson, withAdded } from './tokenizer-json.ts'
import { readVocabulary, type Vocabulary } from './vocabulary.ts'

/** White space as Python has it. */
const SPACE = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`
const spaces = new RegExp(`[${SPACE}]{2,}`, 'g')

/** A word, and the line end after it, where one follows at once. */
const words = new RegExp(`[^${SPACE}]+\\n?`, 'g')

/**
 * The tokenizer of the small Blenderbot: words in small letters without their punctuation, cut by the merges of
 * subword-nmt (`@@` where a word goes on). A line end after a word becomes the word `__newln__`, which is cut like
 * any other. Nothing is added around a text.
 */
function blenderbotSmallPipeline(
  vocabulary: Vocabulary,
  merges: string,
  { begin, end, unknown, padding, further, ids }: SpecialNames,
  where: string,
): Pipeline {
  const idOf = (token: string) => ids.get(token) ?? vocabulary.ids.get(token)
  const added = [...new Set([begin, end, unknown, padding, ...further, ...ids.keys()])].flatMap((token) => {
    const id = idOf(token)
    return id === undefined ? [] : [specialToken(token, id)]
  })
  const finder = new AddedTokens(added, (text) => text)
  const codes = new SubwordCodes(merges, where)
  const unknownId = idOf(unknown)
  return {
    tokens: withAdded(vocabulary.tokens, added),
    added,
    canCleanUp: true,
    template: bare,
    idsOf: (text) =>
      finder
        .split(text)
        .flatMap((part) =>
          'id' in part
            ? [part.id]
            : pieces(part.text, codes).map((piece) => vocabulary.ids.get(piece) ?? present(unknownId)),
        ),
    textOf: (tokens) => stripSpaces(tokens.join(' ').replaceAll(`${JOINER} `, '')),
  }
}

/** The pieces of a text: punctuation stands before a space of its own, and an apostrophe between two. */
const pieces = (text: string, codes: SubwordCodes): string[] =>
  (text.match(words) ?? []).flatMap((word) =>
    word
      .replace(/[.,!?()]/g, ' $&')
      .replaceAll("'", " ' ")
      .replace(spaces, ' ')
      .replaceAll('\n', ' __newln__')
      .split(' ')
      .filter((part) => part !== '')
      .flatMap((part) => codes.cut(part.toLowerCase())),
  )

/** The files of a folder of Hugging Face's that make its tokenizer: tokenizer.json, or others. */
export interface HubFiles {
  /** The class of the tokenizer; tokenizer_config.json takes precedence. */
  class: HubClass
  /** tokenizer.json */
  definition?: string
  /** spiece.model, sentencepiece.bpe.model */
  pieces?: Uint8Array
  /** vocab.json */
  vocabulary?: string
  /** merges.txt */
  merges?: string
  /** The parsed tokenizer_config.json, special_tokens_map.json and added_tokens.json; {} where they are missing. */
  configuration: JsonObject
  specialTokens: JsonObject
  addedTokens: JsonObject
  /** The number of ids of the model, and the first input of its decoder. */
  modelSize: number
  modelStart: number | null
  /** The folder, for errors. */
  where: string
}

const classes: Readonly<Record<string, HubClass>> = {
  T5Tokenizer: 'T5',
  MT5Tokenizer: 'T5',
  PegasusTokenizer: 'Pegasus',
  NllbTokenizer: 'NLLB',
  M2M100Tokenizer: 'M2M100',
  MBartTokenizer: 'MBart',
  MBart50Tokenizer: 'MBart50',
  BartTokenizer: 'Bart',
  LEDTokenizer: 'Bart',
  BlenderbotTokenizer: 'Blenderbot',
  BlenderbotSmallTokenizer: 'BlenderbotSmall',
  PLBartTokenizer: 'PLBart',
  MvpTokenizer: 'Bart',
  WhisperTokenizer: 'Whisper',
  GPT2Tokenizer: 'GPT2',
}

/** The source language where the files name none. */
const sourceLanguages: Partial<Record<HubClass, string>> = {
  NLLB: 'eng_Latn',
  M2M100: 'en',
  MBart: 'en_XX',
  MBart50: 'en_XX',
}

/** Makes the tokenizer of a folder of Hugging Face's. @throws GlassformerError ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED */
export function createHubTokenizer(files: HubFiles): Tokenizer {
  const { where } = files
  const configuration = new HubConfiguration(files.configuration, files.specialTokens, where)
  const kind = classes[configuration.className] ?? files.class
  return new HubTokenizer({
    pipeline: pipelineOf(files, kind, configuration),
    configuration,
    languagePlace: languagePlaceOf(kind, configuration),
    // mBART, before mBART-50, starts its decoder with the language, and a folder names one such start.
    onlyTarget: kind === 'MBart' ? files.modelStart : undefined,
    sourceLanguage: sourceLanguages[kind],
    endToken: kind === 'GPT2' ? TEXT_END : kind === 'BlenderbotSmall' ? SMALL.end : '</s>',
    modelSize: files.modelSize,
    where,
  })
}

export type CreateHubTokenizer = typeof createHubTokenizer

function languagePlaceOf(kind: HubClass, configuration: HubConfiguration): LanguagePlace | null {
  if (kind === 'NLLB') return configuration.flag('legacy_behaviour', false) ? 'last' : 'first'
  if (kind === 'MBart' || kind === 'PLBart') return 'last'
  return kind === 'M2M100' || kind === 'MBart50' ? 'first' : null
}

function pipelineOf(files: HubFiles, kind: HubClass, configuration: HubConfiguration): Pipeline {
  const { definition, pieces, vocabulary, merges, where } = files
  if (definition !== undefined) {
    const json = parsed(definition, `${where}/tokenizer.json`)
    return tokenizerJson(kind === 'Whisper' ? withFirstMerge(json) : json, `${where}/tokenizer.json`)
  }
  if (pieces !== undefined) return piecesPipeline(files, pieces, kind, configuration)
  if (vocabulary !== undefined && merges !== undefined && kind === 'BlenderbotSmall')
    return blenderbotSmallPipeline(vocabularyOf(files), merges, configuration.names(SMALL, files.addedTokens), where)
  if (vocabulary !== undefined && merges !== undefined) return byteLevel(vocabulary, merges, kind, configuration, files)
  throw new GlassformerError(
    'ERR_TOKENIZER_FORMAT',
    `${where}: a tokenizer is made of tokenizer.json, of a SentencePiece model, or of vocab.json and merges.txt; none of these is whole`,
  )
}

/** The maximum number of extra ids of T5, and the maximum offset of Pegasus. */
const MOST_BETWEEN = 100_000

function piecesPipeline(files: HubFiles, bytes: Uint8Array, kind: HubClass, configuration: HubConfiguration): Pipeline {
  const { where } = files
  const model = SentencePiece.read(bytes, where)
  const names = (byDefault: Partial<SpecialNames> = {}) => configuration.names(byDefault, files.addedTokens)
  switch (kind) {
    case 'T5': {
      const pipeline = sentencePiecePipeline(
        model,
        t5Pieces(model, configuration.natural('extra_ids', 100, MOST_BETWEEN)),
        names(),
        where,
      )
      const [end] = pipeline.template.single.slice(-1)
      return { ...pipeline, template: { single: ['first', end], pair: ['first', end, 'second', end] } }
    }
    case 'Pegasus': {
      const special = names({ mask: '<mask_2>', further: ['<mask_1>'] })
      const offset = configuration.natural('offset', 103, MOST_BETWEEN)
      return sentencePiecePipeline(model, pegasusPieces(model, offset, special), special, where)
    }
    case 'M2M100':
      return vocabularyPipeline(model, vocabularyOf(files), names(), where)
    case 'PLBart': {
      const further = plbartLanguages[configuration.text('language_codes') ?? 'base'] ?? []
      const special = names({ mask: '<mask>', further })
      const pipeline = sentencePiecePipeline(model, fairseqPieces(model, special), special, where)
      // Its class in Python is a slow one, which cleans up, and strips, whatever kind of pieces it has.
      return { ...pipeline, canCleanUp: true, textOf: (...given) => stripSpaces(pipeline.textOf(...given)) }
    }
    default: {
      const further = kind === 'MBart50' ? mbart50Languages : kind === 'MBart' ? mbartLanguages : []
      const special = names({ mask: '<mask>', further })
      return sentencePiecePipeline(model, fairseqPieces(model, special), special, where)
    }
  }
}

function vocabularyOf({ vocabulary, where }: HubFiles): Vocabulary {
  const path = `${where}/vocab.json`
  if (vocabulary === undefined) throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${path} is missing`)
  const json = parsed(vocabulary, path)
  return readVocabulary(Object.entries(json), new Spec(json, path, ''))
}

/** The special tokens of the small Blenderbot, where the files name none. */
const SMALL = { begin: '__start__', end: '__end__', unknown: '__unk__', padding: '__null__' }

/** The end of a text in GPT-2's vocabulary, where the files name none. */
const TEXT_END = '<|endoftext|>'

/** The byte-level pieces of BART, Blenderbot and GPT-2, in the form of tokenizer.json. */
function byteLevel(
  vocabulary: string,
  merges: string,
  kind: HubClass,
  configuration: HubConfiguration,
  { addedTokens, where }: HubFiles,
): Pipeline {
  const vocab = parsed(vocabulary, `${where}/vocab.json`)
  const ofText = { begin: TEXT_END, end: TEXT_END, unknown: TEXT_END, padding: TEXT_END }
  const byDefault = kind === 'GPT2' ? ofText : { mask: '<mask>' }
  const { begin, end, unknown, padding, mask, further, ids } = configuration.names(byDefault, addedTokens)
  const idOf = (token: string) => ids.get(token) ?? vocab[token]
  const added = [
    ...new Set([begin, padding, end, unknown, ...(mask === null ? [] : [mask]), ...further, ...ids.keys()]),
  ]
    .filter((token) => typeof idOf(token) === 'number')
    .map((token) => ({ ...specialToken(token, idOf(token) as number), lstrip: token === mask }))
  const around = { cls: [begin, idOf(begin)], sep: [end, idOf(end)] }
  const sequence = { Sequence: { id: 'A' } }
  const ending = { SpecialToken: { id: end } }
  const single = [sequence, ending]
  const pair = [sequence, { Sequence: { id: 'B' } }, ending]
  const template = { type: 'TemplateProcessing', single, pair, special_tokens: { [end]: { ids: [idOf(end)] } } }
  return tokenizerJson(
    {
      added_tokens: added,
      pre_tokenizer: {
        type: 'ByteLevel',
        add_prefix_space: configuration.flag('add_prefix_space', kind === 'Blenderbot'),
      },
      post_processor:
        kind === 'GPT2' ? null : kind === 'Blenderbot' ? template : { type: 'RobertaProcessing', ...around },
      decoder: { type: 'ByteLevel' },
      model: { type: 'BPE', vocab, merges: mergesOf(merges) },
    },
    where,
  )
}

/** The merges of a merges.txt: two tokens per line, after a comment line. */
const mergesOf = (text: string): string[] =>
  text.split('\n').filter((line, i) => line.trim() !== '' && !(i === 0 && line.startsWith('#version')))

/** The merge that the converters of 2022 and 2023 took for the comment line of Whisper's merges.txt, which has none. */
const FIRST_MERGE = 'Ġ t'

/** The definition with that merge in front, where its token is in the vocabulary and no merge makes it. */
function withFirstMerge(definition: JsonObject): JsonObject {
  const { model } = definition
  if (!isJsonObject(model) || !Array.isArray(model.merges) || !isJsonObject(model.vocab)) return definition
  const isFirst = (merge: unknown) => (Array.isArray(merge) ? merge.join(' ') : merge) === FIRST_MERGE
  if (!Object.hasOwn(model.vocab, FIRST_MERGE.replace(' ', '')) || model.merges.some(isFirst)) return definition
  return { ...definition, model: { ...model, merges: [FIRST_MERGE, ...model.merges] } }
}

/** A JSON object of any size allowed for a tokenizer's file. */
function parsed(json: string, where: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    const { message } = cause as SyntaxError
    throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: it is not JSON: ${message}`, { cause })
  }
  if (isJsonObject(value)) return value
  throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: it must be a JSON object, not ${shownJson(value)}`)
}
