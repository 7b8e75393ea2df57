import type { PieceTrie } from './piece-trie.ts'
import type { Pieces } from './pieces.ts'
import type { Segmenter, Segments } from './segments.ts'

/** A word model: the text is split before every ▁, and each part is either a piece or unknown. */
export class Words implements Segmenter {
  readonly #pieces: Pieces
  readonly #trie: PieceTrie

  constructor(pieces: Pieces) {
    this.#pieces = pieces
    this.#trie = pieces.trie((type) => type === 'normal' || type === 'user-defined')
  }

  segment(bytes: Uint8Array, length: number, segments: Segments): void {
    segments.count = 0
    let begin = 0
    for (let at = 1; at <= length; at++) {
      const isMeta = bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81
      if (at < length && !isMeta) continue
      const node = this.#trie.walk(0, bytes, begin, at)
      const id = node < 0 ? -1 : this.#trie.id[node]
      segments.push(at, id < 0 ? this.#pieces.unknownId : id)
      begin = at
    }
  }
}
