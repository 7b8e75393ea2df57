import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_SETTINGS } from '../../../base/limits.ts'
import { readText } from '../../../files/formats/read-file.ts'

/** Who may use a server. */
export interface Key {
  /** What logs and metrics call it: never the key itself. */
  name: string
  /** Characters that may be translated with it while the server runs; null: as many as are wanted. */
  characters: number | null
}

/**
 * The keys of a server. Whether a key is right is found in the same time for all wrong ones: what is compared is a keyed hash of each,
 * and every key is compared.
 */
export class Keys {
  readonly #secret = randomBytes(32)
  readonly #known: { hash: Buffer; key: Key }[] = []

  /** Keys by their texts. */
  constructor(keys: ReadonlyMap<string, Key>) {
    for (const [text, key] of keys) this.#known.push({ hash: this.#hash(text), key })
  }

  /** Whether requests need a key. */
  get areNeeded(): boolean {
    return this.#known.length > 0
  }

  /** Null where there is no such key. */
  find(text: string): Key | null {
    const hash = this.#hash(text)
    let found: Key | null = null
    for (const known of this.#known) if (timingSafeEqual(known.hash, hash)) found = known.key
    return found
  }

  #hash(text: string): Buffer {
    return createHmac('sha256', this.#secret).update(text).digest()
  }
}

/** The lines of a file of keys: a key, and with it, if wanted, its name and how many characters it is good for. */
export function keysIn(text: string, where: string): Map<string, Key> {
  const keys = new Map<string, Key>()
  for (const [n, line] of text.split(/\r?\n/).entries()) {
    const [key, name = `key ${keys.size + 1}`, characters, ...more] = line
      .replace(/(^|\s)#.*/, '')
      .trim()
      .split(/\s+/)
    if (!key) continue
    const wrong = (what: string) => new GlassformerError('ERR_OPTION', `${where}: line ${n + 1}: ${what}`)
    if (more.length) throw wrong('it must be a key, and with it, if wanted, a name and a number of characters')
    if (characters !== undefined && !/^\d{1,15}$/.test(characters))
      throw wrong('the number of characters must be an integer')
    if (keys.has(key)) throw wrong('this key stands there already')
    keys.set(key, { name, characters: characters === undefined ? null : Number(characters) })
  }
  return keys
}

/** The environment variable that has keys, separated by white space or commas. */
export const KEYS_VARIABLE = 'GLASSFORMER_API_KEYS'

/**
 * The keys of a file, if there is one, and of the environment.
 * @throws GlassformerError ERR_FILE, ERR_OPTION; also for a file without a key, which would open the server to all
 */
export function readKeys(file: string | undefined, environment = process.env[KEYS_VARIABLE]): Keys {
  const keys =
    file === undefined
      ? new Map<string, Key>()
      : keysIn(readText(file, { what: 'a file of keys', most: LARGEST_SETTINGS, code: 'ERR_OPTION' }), file)
  if (file !== undefined && !keys.size) throw new GlassformerError('ERR_OPTION', `${file}: there is no key in it`)
  for (const text of environment?.split(/[\s,]+/).filter(Boolean) ?? [])
    if (!keys.has(text)) keys.set(text, { name: `key ${keys.size + 1}`, characters: null })
  return new Keys(keys)
}
