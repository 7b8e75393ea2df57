import type { PieceType } from '../../../formats/pieces/piece-table.ts'
import type { SentencePieceModel } from '../../../formats/pieces/sentencepiece-model.ts'
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
  #known: Set<string> | null = null
  #byText: Map<string, number> | null = null

  constructor({ pieces, trainer }: SentencePieceModel) {
    const { texts, types, scores } = pieces
    this.texts = texts
    this.types = types
    this.scores = new Float32Array(scores)
    this.unknownId = types.indexOf('unknown')
    this.byteIds = trainer.byteFallback ? new Int32Array(256) : null
    if (this.byteIds !== null)
      for (let id = 0; id < texts.length; id++)
        if (types[id] === 'byte') this.byteIds[Number.parseInt(texts[id].slice(3, 5), 16)] = id
    this.userDefined = this.types.includes('user-defined') ? this.trie((type) => type === 'user-defined') : null
  }

  get size(): number {
    return this.texts.length
  }

  /** The lowest score of a normal piece; 0 if there is none. */
  get lowestScore(): number {
    const { scores, types } = this
    let lowest = Number.POSITIVE_INFINITY
    for (let id = 0; id < scores.length; id++) if (scores[id] < lowest && types[id] === 'normal') lowest = scores[id]
    return Number.isFinite(lowest) ? lowest : 0
  }

  /**
   * Whether there is such a piece. One call creates this set; creating a map of the ids would delay the first short
   * text.
   */
  has(piece: string): boolean {
    this.#known ??= new Set(this.texts)
    return this.#known.has(piece)
  }

  /** The id of a piece; undefined if there is no such piece. */
  find(piece: string): number | undefined {
    if (this.#byText === null) {
      const { texts } = this
      this.#byText = new Map()
      for (let id = 0; id < texts.length; id++) this.#byText.set(texts[id], id)
    }
    return this.#byText.get(piece)
  }

  /** A trie of the pieces of some types, for matching them in text. */
  trie(has: (type: PieceType) => boolean): PieceTrie {
    return new PieceTrie(this.texts, (id) => has(this.types[id]))
  }
}
