import { GlassformerError } from '../../errors.ts'
import type { PieceTable, PieceType, SentencePieceModel } from '../../formats/sentencepiece-model.ts'
import { BoundedCounts } from './bounded-counts.ts'
import { learnMerges } from './bpe-trainer.ts'
import { type Normalization, normalizations, normalizerSpec } from './normalization.ts'
import { type LearningLimits, type LearntPiece, learnUnigram } from './unigram-trainer.ts'
import { cutUnits } from './units.ts'
import { WordCounts } from './word-counts.ts'

/** Where the special pieces stand: an id, 'last' for the last one of all, or null for none. */
export interface SpecialPieceIds {
  /** `<unk>`. */
  unknown: number
  /** `<s>`. */
  begin: number | null
  /** `</s>`. */
  end: number | null
  /** `<pad>`. */
  padding: number | 'last' | null
}

export interface VocabularyOptions {
  /** `unigram` (Kudo 2018) or `bpe` (Sennrich et al. 2016); default `unigram`. */
  type?: 'unigram' | 'bpe'
  /** Ids in all, special ones included. There will be fewer if the text has not so many pieces. */
  size: number
  /** The share of the text's characters that are pieces; default 1. For a script of thousands of characters, 0.9995. */
  characterCoverage?: number
  /** Default `nmt_nfkc`. */
  normalization?: Normalization
  /** Texts without white space that are one piece wherever they stand; default none. */
  userDefinedSymbols?: readonly string[]
  /** 256 pieces for the bytes of unknown characters, so that nothing is unknown; default false. */
  byteFallback?: boolean
  /** Default: `<unk>` 0, `<s>` 1, `</s>` 2, no `<pad>`, as SentencePiece has them. */
  specialIds?: SpecialPieceIds
  /** Characters of the longest piece; default 16. */
  longestPiece?: number
}

const standardIds: SpecialPieceIds = { unknown: 0, begin: 1, end: 2, padding: null }
const special = { unknown: '<unk>', begin: '<s>', end: '</s>', padding: '<pad>' } as const

/**
 * Trains a SentencePiece vocabulary on texts: add them all, then call `train`. What `train` returns,
 * `writeSentencePieceModel` makes a .spm file. The same texts in any order and the same options give the same bytes.
 *
 *     const trainer = new VocabularyTrainer({ size: 8000 })
 *     for (const text of texts) trainer.add(text)
 *     writeFileSync('source.spm', writeSentencePieceModel(trainer.train()))
 *
 * Throws ERR_OPTION for options that cannot be met.
 */
export class VocabularyTrainer {
  readonly #options: Required<VocabularyOptions>
  readonly #counts = new BoundedCounts()
  readonly #counters = new Map<Normalization, WordCounts>()

  constructor(options: VocabularyOptions) {
    this.#options = checked(options)
  }

  /** Counts the words of a text (a line, a sentence or more). `normalization`: of this text, where another file will say it. */
  add(text: string, normalization = this.#options.normalization): void {
    let counter = this.#counters.get(normalization)
    if (counter === undefined) {
      counter = new WordCounts(normalizerSpec(normalization), this.#options.userDefinedSymbols, this.#counts)
      this.#counters.set(normalization, counter)
    }
    counter.add(text)
  }

  train(): SentencePieceModel {
    const { type, characterCoverage, normalization, byteFallback, longestPiece, size } = this.#options
    const units = cutUnits(this.#counts.words, characterCoverage)
    if (units.characters.length === 0)
      throw new GlassformerError('ERR_INPUT', 'a vocabulary was to be trained, but there is no text to train it on')
    const meta = metaPieces(this.#options)
    const least = meta.length + units.characters.length
    if (size < least)
      throw new GlassformerError(
        'ERR_OPTION',
        `size: ${size} is too small: the text has ${units.characters.length} characters that are to be pieces and there are ` +
          `${meta.length} special pieces; choose at least ${least}`,
      )
    const taken = new Set(meta.map(({ piece }) => piece.piece))
    const limits: LearningLimits = { pieces: size - meta.length, longest: longestPiece, taken }
    const learnt = (type === 'bpe' ? learnMerges(units, limits) : learnUnigram(units, limits)).filter(
      ({ piece }) => !taken.has(piece),
    )
    return {
      pieces: layOut(meta, learnt),
      trainer: {
        modelType: type,
        byteFallback,
        treatWhitespaceAsSuffix: false,
        unkSurface: ' \u2047 ',
        unkPiece: special.unknown,
        bosPiece: special.begin,
        eosPiece: special.end,
        padPiece: special.padding,
      },
      normalizer: normalizerSpec(normalization),
      denormalizer: null,
    }
  }
}

interface Piece extends LearntPiece {
  type: PieceType
}

/** A piece that is not learnt; without an id it has the first that is free. */
interface MetaPiece {
  piece: Piece
  id: number | 'last' | null
}

function metaPieces({ specialIds, userDefinedSymbols, byteFallback }: Required<VocabularyOptions>): MetaPiece[] {
  const meta: MetaPiece[] = []
  const add = (piece: string, type: PieceType, id: MetaPiece['id']) =>
    meta.push({ piece: { piece, score: 0, type }, id })
  add(special.unknown, 'unknown', specialIds.unknown)
  for (const name of ['begin', 'end', 'padding'] as const)
    if (specialIds[name] !== null) add(special[name], 'control', specialIds[name])
  for (const symbol of userDefinedSymbols) add(symbol, 'user-defined', null)
  if (byteFallback)
    for (let byte = 0; byte < 256; byte++) add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 'byte', null)
  return meta
}

function layOut(meta: readonly MetaPiece[], learnt: readonly LearntPiece[]): PieceTable {
  const size = meta.length + learnt.length
  const pieces: (Piece | undefined)[] = new Array(size).fill(undefined)
  for (const { piece, id } of meta) {
    if (id === null) continue
    const place = id === 'last' ? size - 1 : id
    if (place >= size || pieces[place] !== undefined)
      throw new GlassformerError(
        'ERR_OPTION',
        `specialIds: ${piece.piece} cannot have the id ${place}: ` +
          (place >= size ? `the vocabulary has only ${size} ids` : `${pieces[place]!.piece} has it`),
      )
    pieces[place] = piece
  }
  const rest = [
    ...meta.filter(({ id }) => id === null).map(({ piece }) => piece),
    ...learnt.map(({ piece, score }): Piece => ({ piece, score, type: 'normal' })),
  ]
  let next = 0
  const all = pieces.map((piece) => piece ?? rest[next++])
  return {
    texts: all.map(({ piece }) => piece),
    scores: all.map(({ score }) => score),
    types: all.map(({ type }) => type),
  }
}

function checked(options: VocabularyOptions): Required<VocabularyOptions> {
  const all: Required<VocabularyOptions> = {
    type: 'unigram',
    characterCoverage: 1,
    normalization: 'nmt_nfkc',
    userDefinedSymbols: [],
    byteFallback: false,
    specialIds: standardIds,
    longestPiece: 16,
    ...options,
  }
  const refuse = (what: string) => new GlassformerError('ERR_OPTION', what)
  if (all.type !== 'unigram' && all.type !== 'bpe')
    throw refuse(`type: ${JSON.stringify(all.type)} is neither "unigram" nor "bpe"`)
  if (!Number.isSafeInteger(all.size) || all.size < 1)
    throw refuse(`size: the number of ids must be a positive integer, not ${all.size}`)
  if (!(all.characterCoverage > 0 && all.characterCoverage <= 1))
    throw refuse(`characterCoverage: a share above 0 and up to 1 was expected, not ${all.characterCoverage}`)
  if (!normalizations.includes(all.normalization))
    throw refuse(`normalization: ${JSON.stringify(all.normalization)} is none of ${normalizations.join(', ')}`)
  if (!Number.isSafeInteger(all.longestPiece) || all.longestPiece < 1 || all.longestPiece > 512)
    throw refuse(`longestPiece: 1 to 512 characters were expected, not ${all.longestPiece}`)
  const names = new Set<string>(Object.values(special))
  for (const symbol of all.userDefinedSymbols) {
    if (symbol === '' || /\s/.test(symbol))
      throw refuse(
        `userDefinedSymbols: ${JSON.stringify(symbol)} is empty or has white space, so that it would never be found`,
      )
    if (names.has(symbol) || /^<0x[0-9A-F]{2}>$/.test(symbol))
      throw refuse(`userDefinedSymbols: ${JSON.stringify(symbol)} is there twice, or is a special piece already`)
    names.add(symbol)
  }
  for (const [name, id] of Object.entries(all.specialIds)) {
    const isAbsent = id === null && name !== 'unknown'
    const isLast = id === 'last' && name === 'padding'
    if (!isAbsent && !isLast && !(Number.isSafeInteger(id) && id >= 0))
      throw refuse(`specialIds: ${name} cannot be ${JSON.stringify(id)}`)
  }
  return all
}
