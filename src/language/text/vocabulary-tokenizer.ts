import { GlassformerError } from '../../base/errors.ts'
import { tokensOfJson } from '../../formats/ctranslate2/token-list.ts'
import { MosesPieces } from './moses/moses-pieces.ts'
import { SubwordCodes } from './moses/subword-codes.ts'
import { SentencePiece } from './sentencepiece/sentencepiece.ts'
import type { DecodeOptions, EncodeOptions, Tokenizer, TokenizerLanguages } from './tokenizer/tokenizer.ts'

/**
 * The files of a tokenizer with lists of tokens as vocabularies, and a separate file for splitting texts into pieces.
 */
export interface VocabularyFiles {
  /** The tokens of the source by id, as a JSON list. */
  source: string
  /** The tokens of the target by id; default: the source's. */
  target?: string
  /** The SentencePiece model for splitting texts; without it and `codes`, texts are split at spaces. */
  pieces?: Uint8Array
  /** The SentencePiece model for joining the pieces of translations; default: the same. */
  targetPieces?: Uint8Array
  /** The codes of subword-nmt that split Moses' tokens. */
  codes?: string
  /** The languages of Moses' rules, 'en' for example; default: English. */
  sourceLanguage?: string
  targetLanguage?: string
  /** Whether underscores are decoded as spaces too, as in Argos Translate. */
  underscores?: boolean
  /** Whether texts are prepared for Moses as by fairseq, and the unknown token never shown. */
  fairseq?: boolean
  /** Whether the end token is added to texts; for lists of tokens it may not be. */
  textEnd?: boolean
  /** The token that replaces unknown tokens. */
  unknown: string
  /** The special ids: those added around sources, and those that decode to nothing. */
  ids: { end: number; start: number | null; sourceStart?: number; sourceEnd: number | null }
  /** The folder, for errors. */
  where: string
}

const META = '\u2581'

/** Codes of languages in the vocabularies of NLLB, M2M100 and mBART. */
const languageForms = [/^([a-z]{3}_[A-Z][a-z]{3})$/, /^__([a-z]{2,3})__$/, /^([a-z]{2}_[A-Z]{2})$/] as const

/** Tokens that translations never show. */
const SILENT = ['<s>', '</s>', '<pad>', '<blank>', '<mask>'] as const

/** One side: its tokens, and the model for splitting its texts. */
interface Side {
  tokens: readonly string[]
  ids: ReadonlyMap<string, number>
  pieces: Pick<SentencePiece, 'encodePieces' | 'decodePieces'>
}

/** Makes the tokenizer. @throws GlassformerError ERR_TOKENIZER_FORMAT where a file is damaged */
export const createVocabularyTokenizer = (files: VocabularyFiles): Tokenizer => new VocabularyTokenizer(files)

class VocabularyTokenizer implements Tokenizer {
  readonly #source: Side
  readonly #target: Side
  readonly #files: VocabularyFiles
  readonly #unknown: { source: number; target: number }
  readonly #silent: ReadonlySet<string>
  readonly #codes: ReadonlyMap<string, string>

  constructor(files: VocabularyFiles) {
    const { where, unknown, ids } = files
    const { source: sourcePieces, target: other } = cutters(files)
    this.#source = side(tokensOfJson(files.source, where), sourcePieces)
    this.#target =
      files.target === undefined && other === sourcePieces
        ? this.#source
        : side(files.target === undefined ? this.#source.tokens : tokensOfJson(files.target, where), other)
    this.#files = files
    const idOf = ({ ids: known }: Side) => {
      const id = known.get(unknown)
      if (id !== undefined) return id
      throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: the vocabulary lacks the token ${unknown}`)
    }
    this.#unknown = { source: idOf(this.#source), target: idOf(this.#target) }
    this.#codes = codesIn(this.#source.tokens)
    const special = [ids.end, ids.start].flatMap((id) => (id === null ? [] : (this.#target.tokens[id] ?? [])))
    this.#silent = new Set([...SILENT, ...special, ...(files.fairseq ? [unknown] : []), ...this.#codes.values()])
  }

  get sourceSize(): number {
    return this.#source.tokens.length
  }

  get targetSize(): number {
    return this.#target.tokens.length
  }

  get end(): number {
    return this.#files.ids.end
  }

  get languages(): TokenizerLanguages | undefined {
    if (this.#codes.size === 0) return undefined
    const codes = [...this.#codes.keys()]
    return { source: codes, target: codes }
  }

  targetStart(language: string): number | undefined {
    return this.#target.ids.get(this.#codes.get(language) ?? '')
  }

  get special(): ReadonlyMap<string, number> {
    const ids = [...this.#silent, this.#files.unknown].map((token) => [token, this.#target.ids.get(token)] as const)
    return new Map(ids.filter((entry): entry is [string, number] => entry[1] !== undefined))
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    return this.tokens(text, options).map((token) => this.#source.ids.get(token) ?? this.#unknown.source)
  }

  tokens(text: string, options: EncodeOptions = {}): string[] {
    const { ids, textEnd } = this.#files
    const { tokens } = this.#source
    const tokenOfEnd = textEnd ? this.#target.tokens[ids.end] : undefined
    const end = ids.sourceEnd === null ? tokenOfEnd : tokens[ids.sourceEnd]
    const start = ids.sourceStart === undefined ? undefined : tokens[ids.sourceStart]
    const language = options.source === undefined ? undefined : this.#codes.get(options.source)
    return around(cut(text, options.pair, this.#source), { before: [start, language], end }, options)
  }

  encodeTarget(text: string, options: EncodeOptions = {}): number[] {
    const end = this.#target.tokens[this.#files.ids.end]
    const tokens = around(cut(text, options.pair, this.#target), { before: [], end }, options)
    return tokens.map((token) => this.#target.ids.get(token) ?? this.#unknown.target)
  }

  decodeTokens(tokens: readonly string[]): string {
    return this.#joined(tokens, this.#target)
  }

  decode(ids: readonly number[], options?: DecodeOptions): string {
    return this.#decode(ids, this.#target, options)
  }

  decodeSource(ids: readonly number[], options?: DecodeOptions): string {
    return this.#decode(ids, this.#source, options)
  }

  piece(id: number): string {
    return tokenOf(this.#target, id)
  }

  sourcePiece(id: number): string {
    return tokenOf(this.#source, id)
  }

  #decode(ids: readonly number[], from: Side, options?: DecodeOptions): string {
    return this.#joined(
      ids.map((id) => tokenOf(from, id)),
      from,
      options,
    )
  }

  #joined(tokens: readonly string[], from: Side, { special = false }: DecodeOptions = {}): string {
    let text = ''
    let run: string[] = []
    for (const token of tokens) {
      if (!this.#silent.has(token)) run.push(token)
      else if (special) {
        text += this.#join(run, from) + token
        run = []
      }
    }
    return text + this.#join(run, from)
  }

  #join(tokens: readonly string[], { pieces }: Side): string {
    if (!this.#files.underscores) return pieces.decodePieces(tokens)
    return tokens.join('').replaceAll(META, ' ').replaceAll('_', ' ').replace(/^ /, '')
  }
}

/** Texts of tokens with spaces between them. */
const bySpaces: Side['pieces'] = {
  encodePieces: (text) => text.split(/\s+/).filter((token) => token !== ''),
  decodePieces: (tokens) => tokens.join(' '),
}

/** The default of Moses' rules. */
const ENGLISH = 'en'

/** The objects that cut the texts of either side into pieces, and join these. */
function cutters(files: VocabularyFiles): { source: Side['pieces']; target: Side['pieces'] } {
  const { where, pieces, targetPieces, codes: text } = files
  if (pieces !== undefined) {
    const source = SentencePiece.read(pieces, where)
    return { source, target: targetPieces === undefined ? source : SentencePiece.read(targetPieces, where) }
  }
  if (text === undefined) return { source: bySpaces, target: bySpaces }
  const codes = new SubwordCodes(text, where)
  const of = (language = ENGLISH) => new MosesPieces(codes, language, files.fairseq)
  return { source: of(files.sourceLanguage), target: of(files.targetLanguage) }
}

function side(tokens: readonly string[], pieces: Side['pieces']): Side {
  const ids = new Map<string, number>()
  tokens.forEach((token, id) => {
    if (!ids.has(token)) ids.set(token, id)
  })
  return { tokens, ids, pieces }
}

/** The language tokens by their codes; a vocabulary with a single such token has none. */
function codesIn(tokens: readonly string[]): ReadonlyMap<string, string> {
  for (const form of languageForms) {
    const found = tokens.flatMap((token) => {
      const code = form.exec(token)?.[1]
      return code === undefined ? [] : [[code, token] as const]
    })
    if (found.length > 1) return new Map(found)
  }
  return new Map()
}

/** The pieces of a text, followed by those of its pair. */
const cut = (text: string, pair: string | undefined, { pieces }: Side): string[] =>
  [text, ...(pair ? [pair] : [])].flatMap((part) => pieces.encodePieces(part))

/** Tokens with those added around them, cut to `maxLength` in all. */
function around(
  tokens: readonly string[],
  { before, end }: { before: readonly (string | undefined)[]; end: string | undefined },
  { special = true, maxLength = Number.POSITIVE_INFINITY }: EncodeOptions,
): string[] {
  const first = special ? before.filter((token) => token !== undefined) : []
  const last = special && end !== undefined ? [end] : []
  return [...first, ...tokens.slice(0, Math.max(0, maxLength - first.length - last.length)), ...last]
}

function tokenOf({ tokens }: Side, id: number): string {
  const token = tokens[id]
  if (token !== undefined) return token
  throw new GlassformerError(
    'ERR_INPUT',
    `there is no token with id ${id}: this vocabulary has the ids 0 to ${tokens.length - 1}`,
  )
}
