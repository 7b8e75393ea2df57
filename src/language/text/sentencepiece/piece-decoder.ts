import { idsOf, type SentencePieceModel } from '../../../formats/pieces/sentencepiece-model.ts'
import type { Pieces } from './pieces.ts'
import { decodeUtf8 } from './utf8.ts'

const META = '\u2581'

/** Joins pieces to text as SentencePiece does. */
export class PieceDecoder {
  readonly #pieces: Pieces
  readonly #unknownSurface: string
  /** The ▁ removed at the beginning of the text: that of every leading piece, of the first piece only, or none. */
  readonly #leading: 'all' | 'first' | 'none'
  /** The few pieces that differ from their text; a number is the byte of a byte piece. */
  readonly #special = new Map<string, 'control' | 'unknown' | number>()

  constructor(pieces: Pieces, { trainer, normalizer }: SentencePieceModel) {
    const { texts, types, unknownId, byteIds } = pieces
    this.#pieces = pieces
    this.#unknownSurface = trainer.unkSurface
    this.#leading = normalizer.removeExtraWhitespaces ? 'all' : normalizer.addDummyPrefix ? 'first' : 'none'
    for (const id of idsOf('control', types)) this.#special.set(texts[id], 'control')
    this.#special.set(texts[unknownId], 'unknown')
    byteIds?.forEach((id, byte) => {
      this.#special.set(texts[id], byte)
    })
  }

  decode(ids: readonly number[]): string {
    return this.#join(
      ids.map((id) => this.#pieces.texts[id]),
      () => true,
    )
  }

  /** The text of pieces. Pieces that the vocabulary lacks are copied unchanged, ▁ included. */
  decodePieces(texts: readonly string[]): string {
    return this.#join(texts, (text) => this.#pieces.has(text))
  }

  #join(texts: readonly string[], isPiece: (text: string) => boolean): string {
    let text = ''
    let atBegin = this.#leading !== 'none'
    let bytes: number[] = []
    for (const piece of texts) {
      const special = this.#special.get(piece)
      if (typeof special === 'number') {
        bytes.push(special)
        continue
      }
      if (bytes.length > 0) {
        text += decodeUtf8(bytes, 0, bytes.length)
        bytes = []
      }
      if (text !== '') atBegin = false
      if (special === 'control') continue
      if (special === 'unknown') text += this.#unknownSurface
      else if (!piece.includes(META) || !isPiece(piece)) text += piece
      else {
        const surface = piece.replaceAll(META, ' ')
        const isLeading = atBegin && piece.startsWith(META)
        text += isLeading ? surface.slice(1) : surface
        if (isLeading && this.#leading === 'first') atBegin = false
      }
    }
    return bytes.length === 0 ? text : text + decodeUtf8(bytes, 0, bytes.length)
  }
}
