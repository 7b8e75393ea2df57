import { GlassformerError } from '../../../base/errors.ts'
import type { PieceTable } from '../../../formats/pieces/piece-table.ts'
import type { NormalizerSpec, SentencePieceModel } from '../../../formats/pieces/sentencepiece-model.ts'
import { Normalizer } from '../../../language/text/sentencepiece/normalizer.ts'
import { placeholder } from '../../../language/text/tokenizer/placeholders.ts'
import { learnMerges } from './bpe-trainer.ts'
import { type Normalization, normalizerSpec } from './normalization.ts'
import { type LearnedPiece, learnUnigram } from './unigram-trainer.ts'
import { cutUnits } from './units.ts'
import { BoundedCounts } from './words-vocabulary.ts'

/** Counts each word's occurrences. A vocabulary is trained on this table, never on the texts themselves. */
export class WordCounts {
  readonly #counts: BoundedCounts
  readonly #normalizer: Normalizer

  /** Texts with another normalization may be counted in the same `counts`. */
  constructor(normalizer: NormalizerSpec, counts: BoundedCounts) {
    this.#normalizer = new Normalizer(normalizer, false, null)
    this.#counts = counts
  }

  /** Counts the normalized words of one text, each with its ▁. */
  add(text: string): void {
    const normalizer = this.#normalizer
    normalizer.normalize(text)
    const { bytes, length } = normalizer
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, length)
    let begin = 0
    for (let at = 0; at + 3 <= length; at++)
      if (isMeta(bytes, at)) {
        this.#count(buffer, begin, at)
        begin = at
      }
    this.#count(buffer, begin, length)
  }

  #count(buffer: Buffer, begin: number, end: number): void {
    if (begin !== end) this.#counts.add(buffer.toString('utf8', begin, end))
  }
}

const isMeta = (bytes: Uint8Array, at: number) => bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81

export interface VocabularyOptions {
  /** `unigram` (Kudo 2018) or `bpe` (Sennrich et al. 2016). */
  type: 'unigram' | 'bpe'
  /** The number of ids, special ones included. There will be fewer if the text has fewer pieces. */
  size: number
  /**
   * Whether there are 256 pieces for bytes, into which characters without a piece are split. The rarest characters then
   * have no piece. Default: false.
   */
  byteFallback?: boolean
  /** Whether each digit is a piece of its own. Default: false. */
  splitDigits?: boolean
  /** The number of placeholder pieces ⟦1⟧, ⟦2⟧ …, which no other piece crosses. Default: 0. */
  placeholders?: number
  /** Codes of languages, each of which has a piece `>>fr<<`, with which texts may begin. Default: none. */
  targetLanguages?: readonly string[]
}

const END = '</s>'
const UNKNOWN = '<unk>'
const PADDING = '<pad>'

/** The number of characters of the longest piece, as in SentencePiece. */
const LONGEST_PIECE = 16

/** The share of characters that get a piece if there are bytes for the others; SentencePiece's default. */
const COVERAGE = 0.9995

const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)

/** The code of a language at the beginning of a source. */
const LANGUAGE = /^>>[^<>\s]+<<\s*/

const PLACEHOLDER = /⟦\d+⟧/g

/**
 * Trains a SentencePiece vocabulary on texts: add all texts, then call `train`. `writeSentencePieceModel` makes a .spm
 * file of the result. The same texts in any order and the same options produce the same bytes.
 *
 * Its ids are those of Marian's vocabularies: `</s>` 0, `<unk>` 1, `<pad>` last, no `<s>`. Languages, placeholders
 * and bytes follow `<unk>`.
 */
export class VocabularyTrainer {
  readonly #options: VocabularyOptions
  readonly #counts = new BoundedCounts()
  readonly #counters = new Map<Normalization, WordCounts>()

  constructor(options: VocabularyOptions) {
    this.#options = options
  }

  /**
   * Counts the words of a text (a line, a sentence or more). `normalization` is the normalization of this text, if
   * another file will have it.
   */
  add(text: string, normalization: Normalization = 'nmt_nfkc'): void {
    let counter = this.#counters.get(normalization)
    if (counter === undefined) {
      counter = new WordCounts(normalizerSpec(normalization), this.#counts)
      this.#counters.set(normalization, counter)
    }
    const { placeholders, targetLanguages } = this.#options
    const own = targetLanguages ? text.replace(LANGUAGE, '') : text
    counter.add(placeholders ? own.replace(PLACEHOLDER, '\0') : own)
  }

  /**
   * @throws GlassformerError ERR_INPUT if there was no text, ERR_OPTION for a size that is too small for the characters
   */
  train(): SentencePieceModel {
    const { type, size, byteFallback = false, splitDigits, placeholders = 0, targetLanguages = [] } = this.#options
    const units = cutUnits(this.#counts.words, { splitDigits, coverage: byteFallback ? COVERAGE : 1 })
    const characters = units.characters.length
    if (characters === 0)
      throw new GlassformerError('ERR_INPUT', 'a vocabulary was to be trained, but there is no text to train it on')
    const defined = [
      ...targetLanguages.map((code) => `>>${code}<<`),
      ...Array.from({ length: placeholders }, (_, k) => placeholder(k + 1)),
    ]
    const bytes = byteFallback ? BYTES : []
    const taken = new Set([END, UNKNOWN, ...defined, ...bytes, PADDING])
    if (size < taken.size + characters)
      throw new GlassformerError(
        'ERR_OPTION',
        `size: ${size} is too small: the text has ${characters} characters that are to be pieces and there are ` +
          `${taken.size} special pieces; choose at least ${taken.size + characters}`,
      )
    const learn = type === 'bpe' ? learnMerges : learnUnigram
    const learned = learn(units, { pieces: size - taken.size, longest: LONGEST_PIECE, taken })
    return {
      pieces: layOut(
        defined,
        bytes,
        learned.filter(({ piece }) => !taken.has(piece)),
      ),
      trainer: {
        modelType: type,
        byteFallback,
        treatWhitespaceAsSuffix: false,
        unkSurface: ' \u2047 ',
        unkPiece: UNKNOWN,
        bosPiece: '<s>',
        eosPiece: END,
        padPiece: PADDING,
      },
      normalizer: normalizerSpec('nmt_nfkc'),
      denormalizer: null,
    }
  }
}

function layOut(defined: readonly string[], bytes: readonly string[], learned: readonly LearnedPiece[]): PieceTable {
  const zeros = [...defined, ...bytes].map(() => 0)
  return {
    texts: [END, UNKNOWN, ...defined, ...bytes, ...learned.map(({ piece }) => piece), PADDING],
    scores: [0, 0, ...zeros, ...learned.map(({ score }) => score), 0],
    types: [
      ...(['control', 'unknown'] as const),
      ...defined.map(() => 'user-defined' as const),
      ...bytes.map(() => 'byte' as const),
      ...learned.map(() => 'normal' as const),
      'control',
    ],
  }
}
