import { GlassformerError } from '../../../base/errors.ts'
import { readSentencePieceModel, type SentencePieceModel } from '../../../formats/pieces/sentencepiece-model.ts'
import { Bpe } from './bpe.ts'
import { Lattice } from './lattice.ts'
import { Normalizer } from './normalizer.ts'
import { PieceDecoder } from './piece-decoder.ts'
import type { PieceTrie } from './piece-trie.ts'
import { Pieces } from './pieces.ts'
import { type Segmenter, Segments } from './segments.ts'
import { Unigram, UnigramLexicon } from './unigram.ts'
import { characterLength, decodeUtf8 } from './utf8.ts'

/** The pieces of a model whose segments are looked up whole. */
class WholePieces {
  readonly #pieces: Pieces
  readonly #trie: PieceTrie

  constructor(pieces: Pieces) {
    this.#pieces = pieces
    this.#trie = pieces.trie((type) => type === 'normal' || type === 'user-defined')
  }

  /** The id of the piece that these bytes are, or of the unknown piece. */
  idOf(bytes: Uint8Array, begin: number, end: number): number {
    const node = this.#trie.walk(0, bytes, begin, end)
    const id = node < 0 ? -1 : this.#trie.id[node]
    return id < 0 ? this.#pieces.unknownId : id
  }
}

/** A word model: the text is split before every ▁, and each part is either a piece or unknown. */
class Words implements Segmenter {
  readonly #pieces: WholePieces

  constructor(pieces: Pieces) {
    this.#pieces = new WholePieces(pieces)
  }

  segment(bytes: Uint8Array, length: number, segments: Segments): void {
    segments.count = 0
    let begin = 0
    for (let at = 1; at <= length; at++) {
      const isMeta = bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81
      if (at < length && !isMeta) continue
      segments.push(at, this.#pieces.idOf(bytes, begin, at))
      begin = at
    }
  }
}

/**
 * A character model: every character is a piece, and so is every user-defined symbol; the longest matching symbol wins.
 */
class Characters implements Segmenter {
  readonly #userDefined: Pieces['userDefined']
  readonly #pieces: WholePieces

  constructor(pieces: Pieces) {
    this.#userDefined = pieces.userDefined
    this.#pieces = new WholePieces(pieces)
  }

  segment(bytes: Uint8Array, length: number, segments: Segments): void {
    const userDefined = this.#userDefined
    segments.count = 0
    for (let at = 0; at < length; ) {
      const stop = userDefined === null ? at : userDefined.longest(bytes, at, length)
      const end = stop > at ? stop : Math.min(at + characterLength(bytes[at]), length)
      segments.push(end, this.#pieces.idOf(bytes, at, end))
      at = end
    }
  }
}

/** One of the best segmentations of a text. */
export interface Segmentation {
  ids: number[]
  /** Sum of the pieces' log-probabilities. */
  score: number
}

/**
 * A SentencePiece model (Kudo and Richardson 2018): text to pieces and back. Its ids and texts equal those of the
 * sentencepiece library 0.2.3 for unigram, BPE, word and character models.
 *
 * Lone surrogates in a text count as U+FFFD, as they do in UTF-8.
 */
export class SentencePiece {
  readonly #model: SentencePieceModel
  readonly #pieces: Pieces
  readonly #normalizer: Normalizer
  readonly #denormalizer: Normalizer | null
  readonly #decoder: PieceDecoder
  /** The trie and the scores, created when first needed, because a model that only decodes needs no trie. */
  #lexicon: UnigramLexicon | null = null
  #segmenter: Segmenter | null = null
  readonly #segments = new Segments()

  constructor(model: SentencePieceModel) {
    const pieces = new Pieces(model)
    this.#model = model
    this.#pieces = pieces
    this.#normalizer = new Normalizer(model.normalizer, model.trainer.treatWhitespaceAsSuffix, pieces.userDefined)
    this.#denormalizer = model.denormalizer && new Normalizer(model.denormalizer, false, null)
    this.#decoder = new PieceDecoder(pieces, model)
  }

  /** Reads a `.model` or `.spm` file; `where` names it in errors. Throws ERR_TOKENIZER_FORMAT if it is damaged. */
  static read(bytes: Uint8Array, where: string): SentencePiece {
    return new SentencePiece(readSentencePieceModel(bytes, where))
  }

  /** Number of pieces; ids are 0 … size - 1. */
  get size(): number {
    return this.#pieces.size
  }

  get type(): SentencePieceModel['trainer']['modelType'] {
    return this.#model.trainer.modelType
  }

  get unkId(): number {
    return this.#pieces.unknownId
  }

  /** Id of the beginning of a sentence, or -1 if the model has none. */
  get bosId(): number {
    return this.#controlId(this.#model.trainer.bosPiece)
  }

  /** Id of the end of a sentence, or -1 if the model has none. */
  get eosId(): number {
    return this.#controlId(this.#model.trainer.eosPiece)
  }

  /** Id of padding, or -1 if the model has none. */
  get padId(): number {
    return this.#controlId(this.#model.trainer.padPiece)
  }

  /** The ids of a text. Adjacent unknown characters are one unknown id; with byte fallback they are their bytes. */
  encode(text: string): number[] {
    this.#segment(text)
    const ids: number[] = []
    this.#collect((id) => ids.push(id))
    return ids
  }

  /** The pieces of a text; an unknown piece is the (normalized) text itself. */
  encodePieces(text: string): string[] {
    this.#segment(text)
    const texts: string[] = []
    this.#collect((id, begin, end) => {
      texts.push(
        id === this.#pieces.unknownId ? decodeUtf8(this.#normalizer.bytes, begin, end) : this.#pieces.texts[id],
      )
    })
    return texts
  }

  /** The normalized text, as used for the lookup of pieces. */
  normalize(text: string): string {
    this.#normalizer.normalize(text)
    return decodeUtf8(this.#normalizer.bytes, 0, this.#normalizer.length)
  }

  /** The score of the best segmentation of a text; unigram models only. */
  score(text: string): number {
    if (this.#model.trainer.modelType !== 'unigram') throw this.#unigramOnly('scores')
    this.#segment(text)
    const { unknownId, unknownScore, scores } = this.#unigramLexicon()
    const ids = this.#segments.ids.subarray(0, this.#segments.count)
    return ids.reduce((sum, id) => sum + (id === unknownId ? unknownScore : scores[id]), 0)
  }

  /** The `count` best segmentations, best first, or fewer if there are fewer; unigram models only. */
  nbest(text: string, count: number): Segmentation[] {
    if (this.#model.trainer.modelType !== 'unigram') throw this.#unigramOnly('n-best segmentations')
    if (!Number.isSafeInteger(count) || count < 1)
      throw new GlassformerError('ERR_OPTION', `nbest: count must be an integer of at least 1, not ${count}`)
    this.#normalizer.normalize(text)
    if (this.#normalizer.length === 0) return [{ ids: [], score: 0 }]
    const lattice = new Lattice(this.#unigramLexicon(), this.#normalizer.bytes, this.#normalizer.length)
    return lattice.best(count).map(({ nodes, score }) => {
      this.#segments.count = 0
      for (const node of nodes) this.#segments.push(lattice.end[node], lattice.id[node])
      const ids: number[] = []
      this.#collect((id) => ids.push(id))
      return { ids, score }
    })
  }

  /** The text of ids. Throws ERR_INPUT for an id that the model does not have. */
  decode(ids: readonly number[]): string {
    for (const id of ids) this.#check(id)
    return this.#denormalize(this.#decoder.decode(ids))
  }

  /** The text of pieces; unknown pieces are copied unchanged. */
  decodePieces(pieces: readonly string[]): string {
    return this.#denormalize(this.#decoder.decodePieces(pieces))
  }

  /** The id of a piece; the unknown id for a piece that the model does not have. */
  pieceToId(piece: string): number {
    return this.#pieces.find(piece) ?? this.#pieces.unknownId
  }

  /** The piece of an id. Throws ERR_INPUT for an id that the model does not have. */
  idToPiece(id: number): string {
    this.#check(id)
    return this.#pieces.texts[id]
  }

  /** Splits a text. Afterwards the pieces are in `#segments`, and the normalized text is in `#normalizer`. */
  #segment(text: string): void {
    this.#normalizer.normalize(text)
    if (this.#normalizer.length === 0) {
      this.#segments.count = 0
      return
    }
    this.#segmenter ??= this.#makeSegmenter()
    this.#segmenter.segment(this.#normalizer.bytes, this.#normalizer.length, this.#segments)
  }

  #makeSegmenter(): Segmenter {
    switch (this.#model.trainer.modelType) {
      case 'unigram':
        return new Unigram(this.#unigramLexicon())
      case 'bpe':
        return new Bpe(this.#pieces)
      case 'word':
        return new Words(this.#pieces)
      case 'char':
        return new Characters(this.#pieces)
    }
  }

  #unigramLexicon(): UnigramLexicon {
    this.#lexicon ??= new UnigramLexicon(this.#pieces)
    return this.#lexicon
  }

  /**
   * Calls `add` for every piece of `#segments`, with unknown neighbors joined, or with each of their bytes as a piece.
   */
  #collect(add: (id: number, begin: number, end: number) => void): void {
    const { unknownId, byteIds } = this.#pieces
    const { ids, ends, count } = this.#segments
    let begin = 0
    for (let k = 0; k < count; k++) {
      const id = ids[k]
      let end = ends[k]
      if (id !== unknownId) add(id, begin, end)
      else if (byteIds !== null) for (let b = begin; b < end; b++) add(byteIds[this.#normalizer.bytes[b]], b, b + 1)
      else {
        while (k + 1 < count && ids[k + 1] === unknownId) end = ends[++k]
        add(id, begin, end)
      }
      begin = end
    }
  }

  #denormalize(text: string): string {
    if (this.#denormalizer === null) return text
    this.#denormalizer.normalize(text)
    return decodeUtf8(this.#denormalizer.bytes, 0, this.#denormalizer.length)
  }

  #controlId(piece: string): number {
    const id = this.#pieces.find(piece)
    return id !== undefined && this.#pieces.types[id] === 'control' ? id : -1
  }

  #check(id: number): void {
    if (Number.isInteger(id) && id >= 0 && id < this.size) return
    throw new GlassformerError(
      'ERR_INPUT',
      `there is no piece with id ${id}: this model has the ids 0 to ${this.size - 1}`,
    )
  }

  #unigramOnly(what: string): GlassformerError {
    return new GlassformerError(
      'ERR_UNSUPPORTED',
      `only unigram models have ${what}; this one is ${this.#model.trainer.modelType}`,
    )
  }
}
