import { isJsonObject } from '../../files/formats/json/json-text.ts'
import type { TextTokenizer } from '../translate/text-tokenizer.ts'

/** The tokens with a meaning that the files of a tokenizer name, and the ids of all tokens. */
export class SpecialTokens {
  readonly #own: TextTokenizer
  readonly #settings: Readonly<Record<string, unknown>>
  readonly #size: number
  #vocabulary: ReadonlyMap<string, number> | null = null

  /** `settings`: tokenizer_config.json, over special_tokens_map.json. `size`: ids of sources. */
  constructor(own: TextTokenizer, settings: Readonly<Record<string, unknown>>, size: number) {
    this.#own = own
    this.#settings = settings
    this.#size = size
  }

  /** The token that a setting names ('eos_token'); null where none does. */
  token(setting: string): string | null {
    const value = this.#settings[setting]
    const text = isJsonObject(value) ? value.content : value
    return typeof text === 'string' ? text : null
  }

  id(token: string | null): number | undefined {
    return token === null ? undefined : (this.#own.special[token] ?? this.vocabulary.get(token))
  }

  /** The ids of all tokens. */
  get vocabulary(): ReadonlyMap<string, number> {
    this.#vocabulary ??= this.#read()
    return this.#vocabulary
  }

  #read(): Map<string, number> {
    const ids = new Map<string, number>()
    for (let id = 0; id < this.#size; id++) {
      const piece = this.#pieceOf(id)
      if (piece !== null && !ids.has(piece)) ids.set(piece, id)
    }
    for (const [token, id] of Object.entries(this.#own.special)) ids.set(token, id)
    return ids
  }

  /** The token of an id; null for the rows that a matrix has beyond its vocabulary. */
  #pieceOf(id: number): string | null {
    try {
      return this.#own.pieces([id], { side: 'source' })[0]
    } catch {
      return null
    }
  }
}
