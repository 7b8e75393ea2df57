import type { PieceTrie } from './piece-trie.ts'
import type { Pieces } from './pieces.ts'
import type { Segmenter, Segments } from './segments.ts'
import { characterLength } from './utf8.ts'

/**
 * A character model: every character is a piece, and so is every user-defined symbol; the longest matching symbol wins.
 */
export class Characters implements Segmenter {
  readonly #pieces: Pieces
  readonly #trie: PieceTrie

  constructor(pieces: Pieces) {
    this.#pieces = pieces
    this.#trie = pieces.trie((type) => type === 'normal' || type === 'user-defined')
  }

  segment(bytes: Uint8Array, length: number, segments: Segments): void {
    const { userDefined, unknownId } = this.#pieces
    segments.count = 0
    for (let at = 0; at < length; ) {
      const stop = userDefined === null ? at : userDefined.longest(bytes, at, length)
      const end = stop > at ? stop : Math.min(at + characterLength(bytes[at]), length)
      const node = this.#trie.walk(0, bytes, at, end)
      const id = node < 0 ? -1 : this.#trie.id[node]
      segments.push(end, id < 0 ? unknownId : id)
      at = end
    }
  }
}
