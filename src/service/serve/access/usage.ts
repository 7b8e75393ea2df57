import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import type { Key } from './keys.ts'

/** Characters translated since the start of the server, by the names of keys. */
export class Usage {
  readonly #characters = new Map<string, number>()

  /** Characters translated with a key; null: without a key. */
  of(key: Key | null): number {
    return this.#characters.get(nameOf(key)) ?? 0
  }

  /** Characters by the names of keys; the empty name is for requests without a key. */
  get all(): Iterable<[key: string, characters: number]> {
    return this.#characters
  }

  /** Counts characters. @throws GlassformerError ERR_QUOTA where they exceed the key's limit */
  take(key: Key | null, characters: number): void {
    const used = this.of(key) + characters
    if (key && key.characters !== null && used > key.characters)
      throw new GlassformerError(
        'ERR_QUOTA',
        `the quota of this key is exceeded: it is good for ${whole(key.characters)} characters, of which ${whole(this.of(key))} are used`,
      )
    this.#characters.set(nameOf(key), used)
  }

  /** @throws GlassformerError ERR_QUOTA where a key has no character left */
  checkLeft(key: Key | null): void {
    this.take(key, 1)
    this.giveBack(key, 1)
  }

  /** Counts the characters of an answer whose length was not known before, beyond the limit too. */
  count(key: Key | null, characters: number): void {
    this.#characters.set(nameOf(key), this.of(key) + characters)
  }

  /** Subtracts the characters of a failed request. */
  giveBack(key: Key | null, characters: number): void {
    this.#characters.set(nameOf(key), this.of(key) - characters)
  }
}

const nameOf = (key: Key | null): string => key?.name ?? ''
