import type { SentencePieceModel } from '../formats/sentencepiece-model.ts'
import type { Pieces } from './pieces.ts'
import { decodeUtf8 } from './utf8.ts'

const META = '\u2581'

/** Joins pieces to text as SentencePiece does. */
export class PieceDecoder {
  readonly #pieces: Pieces
  readonly #unknownSurface: string
  /** ▁ at the beginning of the text goes: of every leading piece, of the first only, or not at all. */
  readonly #leading: 'all' | 'first' | 'none'
  /** By id, what a piece stands for, with spaces; filled when it is first needed. */
  readonly #surfaces: (string | undefined)[]
  /** By id, which byte a byte piece is; -1 for others. */
  readonly #byteOf: Int16Array | null

  constructor(pieces: Pieces, { trainer, normalizer }: SentencePieceModel) {
    this.#pieces = pieces
    this.#unknownSurface = trainer.unkSurface
    this.#leading = normalizer.removeExtraWhitespaces ? 'all' : normalizer.addDummyPrefix ? 'first' : 'none'
    this.#surfaces = new Array(pieces.size)
    this.#byteOf = pieces.byteIds === null ? null : new Int16Array(pieces.size).fill(-1)
    pieces.byteIds?.forEach((id, byte) => {
      this.#byteOf![id] = byte
    })
  }

  decode(ids: readonly number[]): string {
    return this.#join(ids, null)
  }

  /** Pieces that the vocabulary does not have come out as they are, ▁ included. */
  decodePieces(texts: readonly string[]): string {
    return this.#join(
      texts.map((text) => this.#pieces.find(text) ?? this.#pieces.unknownId),
      texts,
    )
  }

  #join(ids: readonly number[], texts: readonly string[] | null): string {
    const { types, unknownId } = this.#pieces
    let text = ''
    let atBegin = this.#leading !== 'none'
    let bytes: number[] = []
    for (let k = 0; k < ids.length; k++) {
      const id = ids[k]
      if (this.#byteOf !== null && this.#byteOf[id] >= 0) {
        bytes.push(this.#byteOf[id])
        continue
      }
      if (bytes.length > 0) {
        text += decodeUtf8(bytes, 0, bytes.length)
        bytes = []
      }
      if (text !== '') atBegin = false
      if (types[id] === 'control') continue
      if (id === unknownId) {
        const isUnknownPiece = texts === null || texts[k] === this.#pieces.texts[unknownId]
        text += isUnknownPiece ? this.#unknownSurface : texts[k]
        continue
      }
      const surface = this.#surface(id)
      if (!atBegin || !this.#pieces.texts[id].startsWith(META)) text += surface
      else {
        text += surface.slice(1)
        if (this.#leading === 'first') atBegin = false
      }
    }
    return bytes.length === 0 ? text : text + decodeUtf8(bytes, 0, bytes.length)
  }

  #surface(id: number): string {
    let surface = this.#surfaces[id]
    if (surface === undefined) {
      surface = this.#pieces.texts[id].replaceAll(META, ' ')
      this.#surfaces[id] = surface
    }
    return surface
  }
}
