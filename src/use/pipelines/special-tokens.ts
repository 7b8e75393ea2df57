import { isJsonObject } from '../../formats/json/json-text.ts'
import type { OwnTokenizer } from './own-tokenizer.ts'

/** The special tokens of a tokenizer's files, and the ids of all tokens. */
export class SpecialTokens {
  readonly #own: OwnTokenizer
  readonly #settings: Readonly<Record<string, unknown>>
  #vocabulary: ReadonlyMap<string, number> | null = null

  /** `settings` is tokenizer_config.json, merged over special_tokens_map.json. */
  constructor(own: OwnTokenizer, settings: Readonly<Record<string, unknown>>) {
    this.#own = own
    this.#settings = settings
  }

  /** The token under a setting's name ('eos_token'); null if there is none. */
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
    for (let id = 0; id < this.#own.size; id++) {
      const piece = this.#own.piece(id)
      if (piece !== null && !ids.has(piece)) ids.set(piece, id)
    }
    for (const [token, id] of Object.entries(this.#own.special)) ids.set(token, id)
    return ids
  }
}
