import { areSameBytes } from '../../base/bytes.ts'
import { GlassformerError, shownJson } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { type MarianVocabulary, readMarianVocabulary } from '../../formats/marian/marian-vocabulary.ts'
import { SentencePiece } from './sentencepiece/sentencepiece.ts'
import { cleanUpSpaces, stripSpaces } from './sentences/spaces.ts'
import { type EncodeOptions, ended, type Tokenizer, type TokenizerLanguages } from './tokenizer/tokenizer.ts'

/** The files of a Marian model folder that make its tokenizer. */
export interface MarianFiles {
  /** source.spm */
  source: Uint8Array
  /** target.spm */
  target: Uint8Array
  /** vocab.json: ids by piece, for both languages, or for the source alone when `separate_vocabs` is true. */
  vocabulary: string
  /** target_vocab.json; needed when `separate_vocabs` is true. */
  targetVocabulary?: string
  /** The parsed tokenizer_config.json; {} if the folder has none. */
  configuration: object
  /** The id with which sources begin; default: none. */
  sourceStart?: number
  /** The folder, for errors. */
  where: string
}

/** One language: a SentencePiece model, and the vocabulary that has the ids of its pieces. */
interface Side {
  sentencePiece: SentencePiece
  vocabulary: MarianVocabulary
  unknownId: number
  endId: number
}

export interface MarianDecodeOptions {
  /** Whether to keep special tokens, each followed by a space; default false. */
  special?: boolean
  /** The side whose SentencePiece model joins the pieces; default 'target'. */
  side?: 'source' | 'target'
}

/**
 * Makes the tokenizer of a Marian model (OPUS-MT); ids and texts equal those of Hugging Face's MarianTokenizer.
 *
 * Throws ERR_TOKENIZER_FORMAT if a file is damaged, or if a file that the configuration requires is missing.
 */
export function createMarianTokenizer(files: MarianFiles): MarianTokenizer {
  return new MarianTokenizer(files)
}

export class MarianTokenizer implements Tokenizer {
  readonly #configuration: MarianConfiguration
  readonly #sourceStart: number | undefined
  readonly #source: Side
  readonly #target: Side
  /** Special tokens in a text are not split into pieces. */
  readonly #special: RegExp
  readonly #isSpecial: ReadonlySet<string>
  #languages: TokenizerLanguages | null = null

  constructor({ source, target, vocabulary, targetVocabulary, configuration, sourceStart, where }: MarianFiles) {
    this.#sourceStart = sourceStart
    this.#configuration = readMarianConfiguration(configuration, `${where}/tokenizer_config.json`)
    const { end, unknown, special, separateVocabularies } = this.#configuration
    const sourcePieces = SentencePiece.read(source, `${where}/source.spm`)
    const same = areSameBytes(source, target)
    const targetPieces = same ? sourcePieces : SentencePiece.read(target, `${where}/target.spm`)
    const first = readMarianVocabulary(vocabulary, `${where}/vocab.json`, [end, unknown])
    if (separateVocabularies && targetVocabulary === undefined)
      throw new GlassformerError(
        'ERR_TOKENIZER_FORMAT',
        `${where}: tokenizer_config.json says separate_vocabs, but target_vocab.json is missing; add it to the folder.`,
      )
    const second = separateVocabularies
      ? readMarianVocabulary(present(targetVocabulary), `${where}/target_vocab.json`, [end, unknown])
      : first
    this.#source = side(sourcePieces, first, this.#configuration)
    this.#target = same && second === first ? this.#source : side(targetPieces, second, this.#configuration)
    this.#isSpecial = new Set(special)
    this.#special = new RegExp(special.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|'), 'g')
  }

  get sourceSize(): number {
    return this.#source.vocabulary.pieces.length
  }

  get targetSize(): number {
    return this.#target.vocabulary.pieces.length
  }

  /**
   * The ids of a text. A language code such as `>>fra<<` at the very beginning is one token, and special tokens in the
   * text have their own ids. An empty text has only the end id.
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    const { target } = options
    const code = target !== undefined && this.#isCode(target) && this.languageCode(text) === '' ? `>>${target}<<` : ''
    const cut = (part: string) => this.pieceIds(part, 'source')
    return ended(cut, text === '' ? '' : code + text, options, this.#source.endId, this.#sourceStart)
  }

  #isCode(language: string): boolean {
    return this.#source.vocabulary.idOf(`>>${language}<<`) !== undefined
  }

  /**
   * The target languages are those of the codes `>>fra<<`; without codes the configuration names the target language,
   * as it does the source language.
   */
  get languages(): TokenizerLanguages {
    this.#languages ??= this.#readLanguages()
    return this.#languages
  }

  #readLanguages(): TokenizerLanguages {
    const { sourceLanguage, targetLanguage } = this.#configuration
    const codes = this.#source.vocabulary.pieces.flatMap((piece) => /^>>([^<>]+)<<$/.exec(piece)?.[1] ?? [])
    // Other names denote groups ('ROMANCE', 'mul').
    const one = (language: string | null) => (language !== null && /^[a-z]{2}$/.test(language) ? [language] : undefined)
    return { source: one(sourceLanguage), target: codes.length > 0 ? codes : one(targetLanguage) }
  }

  /** The special tokens and their ids in the source's vocabulary. */
  get special(): ReadonlyMap<string, number> {
    const ids = [...this.#isSpecial].map((token) => [token, this.#source.vocabulary.idOf(token)] as const)
    return new Map(ids.filter((entry): entry is [string, number] => entry[1] !== undefined))
  }

  /** The language code at the beginning of a text, if the vocabulary has it, with the white space after the code. */
  languageCode(text: string): string {
    const [begin = '', code = ''] = /^(>>.*?<<)\s*/s.exec(text) ?? []
    return this.#source.vocabulary.idOf(code) === undefined ? '' : begin
  }

  /** The ids of a target. An empty text has only the end id, because an empty translation is a translation too. */
  encodeTarget(text: string, options: EncodeOptions = {}): number[] {
    return ended((part) => this.pieceIds(part, 'target'), text, options, this.#target.endId)
  }

  /** The ids of a text without the end of the sentence. */
  pieceIds(text: string, side: 'source' | 'target'): number[] {
    const ids: number[] = []
    const from = side === 'source' ? this.#source : this.#target
    let begin = 0
    for (const match of text.matchAll(this.#special)) {
      this.#append(ids, text.slice(begin, match.index), from)
      ids.push(from.vocabulary.idOf(match[0]) ?? from.unknownId)
      begin = match.index + match[0].length
    }
    this.#append(ids, begin === 0 ? text : text.slice(begin), from)
    return ids
  }

  /** Throws ERR_INPUT for an id that the side's vocabulary does not have. */
  decode(ids: readonly number[], { special = false, side = 'target' }: MarianDecodeOptions = {}): string {
    const from = side === 'source' ? this.#source : this.#target
    const { sentencePiece } = from
    let text = ''
    let pieces: string[] = []
    for (const id of ids) {
      const piece = pieceOf(from, id)
      if (!this.#isSpecial.has(piece)) pieces.push(piece)
      else if (special) {
        text += `${sentencePiece.decodePieces(pieces)}${piece} `
        pieces = []
      }
    }
    text += sentencePiece.decodePieces(pieces)
    const stripped = stripSpaces(text.replaceAll('\u2581', ' '))
    return this.#configuration.cleanUpSpaces ? cleanUpSpaces(stripped) : stripped
  }

  decodeSource(ids: readonly number[], { special }: MarianDecodeOptions = {}): string {
    return this.decode(
      ids.filter((id) => id !== this.#sourceStart),
      { special, side: 'source' },
    )
  }

  piece(id: number): string {
    return pieceOf(this.#target, id)
  }

  sourcePiece(id: number): string {
    return pieceOf(this.#source, id)
  }

  /** Appends the ids of a text without special tokens. */
  #append(ids: number[], text: string, { sentencePiece, vocabulary, unknownId }: Side): void {
    const idOf = (piece: string) => vocabulary.idOf(piece) ?? unknownId
    let rest = text
    const codeEnd = text.startsWith('>>') ? text.indexOf('<<') : -1
    if (codeEnd >= 0) {
      ids.push(idOf(text.slice(0, codeEnd + 2)))
      rest = text.slice(codeEnd + 2)
    }
    for (const piece of sentencePiece.encodePieces(rest)) ids.push(idOf(piece))
  }
}

function side(sentencePiece: SentencePiece, vocabulary: MarianVocabulary, { end, unknown }: MarianConfiguration): Side {
  return {
    sentencePiece,
    vocabulary,
    unknownId: present(vocabulary.idOf(unknown)),
    endId: present(vocabulary.idOf(end)),
  }
}

function pieceOf({ vocabulary }: Side, id: number): string {
  const piece = vocabulary.pieces[id]
  if (piece !== undefined) return piece
  const last = vocabulary.pieces.length - 1
  throw new GlassformerError('ERR_INPUT', `there is no piece with id ${id}: this vocabulary has the ids 0 to ${last}`)
}

/** The settings of tokenizer_config.json that a Marian tokenizer needs. */
interface MarianConfiguration {
  /** End of the sentence. */
  end: string
  unknown: string
  /** All special tokens, including the ones above and padding, longest first. */
  special: string[]
  /** Whether source and target have separate vocabularies. */
  separateVocabularies: boolean
  cleanUpSpaces: boolean
  /** The source and target languages of the model, where the file names them. */
  sourceLanguage: string | null
  targetLanguage: string | null
}

/** Reads a parsed tokenizer_config.json; missing settings have Hugging Face's defaults. Throws ERR_TOKENIZER_FORMAT. */
function readMarianConfiguration(configuration: object, where: string): MarianConfiguration {
  const settings = configuration as Record<string, unknown>
  const wrong = (name: string, advice: string) =>
    new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: ${name} is ${shownJson(settings[name])}; ${advice}.`)
  const token = (name: string, standard: string): string => {
    const text = contentOf(settings[name] ?? standard)
    if (text !== null) return text
    throw wrong(name, `write it as a text, like "${standard}"`)
  }
  const flag = (name: string): boolean => {
    const value = settings[name] ?? false
    if (typeof value === 'boolean') return value
    throw wrong(name, 'write true or false')
  }
  const end = token('eos_token', '</s>')
  const unknown = token('unk_token', '<unk>')
  const special = new Set([end, unknown, token('pad_token', '<pad>')])
  for (const added of Object.values(settings.added_tokens_decoder ?? {})) {
    const text = contentOf(added)
    if (text !== null && (added as { special?: unknown }).special === true) special.add(text)
  }
  const additional = settings.additional_special_tokens
  for (const text of Array.isArray(additional) ? additional.map(contentOf) : []) if (text !== null) special.add(text)
  return {
    end,
    unknown,
    special: [...special].sort((a, b) => b.length - a.length),
    separateVocabularies: flag('separate_vocabs'),
    cleanUpSpaces: flag('clean_up_tokenization_spaces'),
    sourceLanguage: contentOf(settings.source_lang),
    targetLanguage: contentOf(settings.target_lang),
  }
}

/**
 * The text of a token, written as a string or as an object with the string as `content`. Null if the token has neither
 * form, or is empty.
 */
function contentOf(token: unknown): string | null {
  const text = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token
  return typeof text === 'string' && text !== '' ? text : null
}
