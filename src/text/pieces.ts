import type { PieceType, SentencePieceModel } from '../formats/sentencepiece-model.ts'
import { PieceTrie } from './piece-trie.ts'

/** The vocabulary of a SentencePiece model: pieces, their types and scores, by id. */
export class Pieces {
  readonly texts: readonly string[]
  readonly types: readonly PieceType[]
  readonly scores: Float32Array
  readonly unknownId: number
  /** Ids of the 256 byte pieces; null without byte fallback. */
  readonly byteIds: Int32Array | null
  /** The user-defined symbols alone; null if there are none. */
  readonly userDefined: PieceTrie | null
  #byText: Map<string, number> | null = null

  constructor({ pieces, trainer }: SentencePieceModel) {
    this.texts = pieces.map((p) => p.piece)
    this.types = pieces.map((p) => p.type)
    this.scores = new Float32Array(pieces.map((p) => p.score))
    this.unknownId = this.types.indexOf('unknown')
    this.byteIds = trainer.byteFallback ? new Int32Array(256) : null
    if (this.byteIds !== null)
      for (let id = 0; id < pieces.length; id++)
        if (pieces[id].type === 'byte') this.byteIds[Number.parseInt(pieces[id].piece.slice(3, 5), 16)] = id
    this.userDefined = this.types.includes('user-defined') ? this.trie((type) => type === 'user-defined') : null
  }

  get size(): number {
    return this.texts.length
  }

  /** The id of a piece; undefined if there is no such piece. */
  find(piece: string): number | undefined {
    if (this.#byText === null) {
      this.#byText = new Map()
      for (let id = 0; id < this.size; id++) this.#byText.set(this.texts[id], id)
    }
    return this.#byText.get(piece)
  }

  /** The pieces of some types, to be looked up in text. */
  trie(has: (type: PieceType) => boolean): PieceTrie {
    return new PieceTrie(this.texts, (id) => has(this.types[id]))
  }

  /** The lowest score of a normal piece; 0 if there is none. */
  lowestScore(): number {
    let lowest = Number.POSITIVE_INFINITY
    for (let id = 0; id < this.size; id++)
      if (this.types[id] === 'normal' && this.scores[id] < lowest) lowest = this.scores[id]
    return Number.isFinite(lowest) ? lowest : 0
  }
}
