import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/number-text.ts'
import type { Key } from './keys.ts'

/** Characters that were translated since the server has started, by the names of keys. */
export class Usage {
  readonly #characters = new Map<string, number>()

  /** Characters that were translated with a key; null: without one. */
  of(key: Key | null): number {
    return this.#characters.get(nameOf(key)) ?? 0
  }

  /** Characters by the names of keys; without a key the name is empty. */
  get all(): Iterable<[key: string, characters: number]> {
    return this.#characters
  }

  /** Counts characters. @throws GlassformerError ERR_QUOTA where the key is not good for so many */
  take(key: Key | null, characters: number): void {
    const used = this.of(key) + characters
    if (key && key.characters !== null && used > key.characters)
      throw new GlassformerError(
        'ERR_QUOTA',
        `the quota of this key is exceeded: it is good for ${whole(key.characters)} characters, of which ${whole(this.of(key))} are used`,
      )
    this.#characters.set(nameOf(key), used)
  }

  /** Gives back what was counted for a request that has come to nothing. */
  giveBack(key: Key | null, characters: number): void {
    this.#characters.set(nameOf(key), this.of(key) - characters)
  }
}

const nameOf = (key: Key | null): string => key?.name ?? ''
