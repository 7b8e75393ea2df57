import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_SETTINGS } from '../../../base/limits.ts'
import { lastOf } from '../../../base/present.ts'
import { readText } from '../../../formats/disk/read-file.ts'

/** A user of a server. */
export interface Key {
  /**
   * The name in logs, metrics and glossaries, never the key itself: a given name, or a digest. No other key has this
   * name.
   */
  name: string
  /** The maximum characters to translate with the key while the server runs; null: unlimited. */
  characters: number | null
  /** The highest priority and the number of glossaries for the key; null: those of the server's settings. */
  priority: number | null
  glossaries: number | null
}

/**
 * The keys of a server. The check takes the same time for all wrong keys: it compares a keyed hash with that of every
 * key.
 */
export class Keys {
  #secret = randomBytes(32)
  #known: { hash: Buffer; key: Key }[] = []

  /** Keys by their texts. */
  constructor(keys: ReadonlyMap<string, Key>) {
    for (const [text, key] of keys) this.#known.push({ hash: this.#hash(text), key })
  }

  /** Takes the keys of others in place of these. @throws GlassformerError ERR_OPTION where one of both has none */
  replaceBy(others: Keys): void {
    if (this.areNeeded !== others.areNeeded)
      throw new GlassformerError('ERR_OPTION', 'keys are asked for or not from the start of a server: start it again')
    this.#secret = others.#secret
    this.#known = others.#known
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

/** The default name of a key: it does not depend on the other keys. */
const digestName = (key: string): string => `key-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`

/** Settings of a key after its name, such as `priority=5`, each with its maximum number of digits. */
const SETTING = /^(priority|glossaries)=(-?\d{1,6})$/

/** The lines of a key file: a key and, optionally, its name, its number of characters, and settings. */
export function keysIn(text: string, where: string): Map<string, Key> {
  const keys = new Map<string, Key>()
  const names = new Set<string>()
  for (const [n, line] of text.split(/\r?\n/).entries()) {
    const words = withoutRemark(line).trim().split(/\s+/)
    const wrong = (what: string) => new GlassformerError('ERR_OPTION', `${where}: line ${n + 1}: ${what}`)
    const given: Partial<Key> = {}
    for (let found = SETTING.exec(lastOf(words)); words.length > 1 && found; found = SETTING.exec(lastOf(words))) {
      given[found[1] as 'priority' | 'glossaries'] = Number(found[2])
      words.pop()
    }
    const [key, name = digestName(key), characters, ...more] = words
    if (!key) continue
    if (more.length)
      throw wrong(
        'it must be a key, and with it, if wanted, a name, a number of characters, priority=N and glossaries=N',
      )
    if (characters !== undefined && !/^\d{1,15}$/.test(characters))
      throw wrong('the number of characters must be an integer')
    if (Math.abs(given.priority ?? 0) > 10) throw wrong('priority must be an integer from -10 to 10')
    if ((given.glossaries ?? 0) < 0) throw wrong('glossaries must be an integer of at least 0')
    if (keys.has(key)) throw wrong('this key stands there already')
    if (names.has(name)) throw wrong(`another key has the name ${name}: glossaries and quotas are told apart by names`)
    names.add(name)
    keys.set(key, {
      name,
      characters: characters === undefined ? null : Number(characters),
      priority: given.priority ?? null,
      glossaries: given.glossaries ?? null,
    })
  }
  return keys
}

/** A line without the comment that begins with a `#` at its beginning or after white space. */
function withoutRemark(line: string): string {
  const at = /(?:^|\s)#/.exec(line)?.index
  return at === undefined ? line : line.slice(0, at)
}

/** The environment variable that has keys, separated by white space or commas. */
export const KEYS_VARIABLE = 'GLASSFORMER_API_KEYS'

/**
 * The keys of a file, if there is one, and of the environment.
 * @throws GlassformerError ERR_FILE, ERR_OPTION; also for a file or a variable without a key, which would open the
 * server to everyone
 */
export function readKeys(file: string | undefined, environment = process.env[KEYS_VARIABLE]): Keys {
  const keys =
    file === undefined
      ? new Map<string, Key>()
      : keysIn(readText(file, { what: 'a file of keys', most: LARGEST_SETTINGS, code: 'ERR_OPTION' }), file)
  if (file !== undefined && !keys.size) throw new GlassformerError('ERR_OPTION', `${file}: there is no key in it`)
  const others = environment?.split(/[\s,]+/).filter(Boolean) ?? []
  if (environment && !others.length)
    throw new GlassformerError(
      'ERR_OPTION',
      `${KEYS_VARIABLE}: there is no key in it; unset it for a server without keys`,
    )
  for (const text of others)
    if (!keys.has(text)) keys.set(text, { name: digestName(text), characters: null, priority: null, glossaries: null })
  return new Keys(keys)
}
