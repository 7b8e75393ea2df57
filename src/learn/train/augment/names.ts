import { GlassformerError } from '../../../base/errors.ts'
import { readLines } from '../../../formats/disk/lines.ts'
import type { Random } from '../state/random.ts'
import type { CorpusWords } from './corpus-words.ts'
import { MadeUpWords } from './made-up-words.ts'

/** Names of the corpus, or of a list, from which new names are made. */
const MOST_NAMES = 20_000
/** Words of the corpus, which also serve as models for new names: surnames and places often look like words. */
const MOST_WORDS = 20_000
const TRIES = 8

/** The letters before which French, Italian and other languages use another article or preposition. */
const VOWEL = /^[aeiouyh]/
const isVowel = (name: string) => VOWEL.test(name.normalize('NFD').toLowerCase())

const capitalized = (word: string) => word.replace(/^./u, (first) => first.toUpperCase())

/** Draws names that replace others. */
export class Names {
  readonly #list: readonly string[]
  readonly #known: readonly string[]
  readonly #likeNames: MadeUpWords
  readonly #likeWords: MadeUpWords

  constructor(words: CorpusWords, list: readonly string[] = []) {
    this.#list = list
    this.#known = words.names()
    this.#likeNames = new MadeUpWords([...this.#known, ...list.flatMap((name) => name.split(' '))].slice(0, MOST_NAMES))
    this.#likeWords = new MadeUpWords(words.sourceWords(MOST_WORDS))
  }

  /**
   * A new name of one or two words. It begins with a vowel if the old name does, so that the article before it stays
   * right. Null if none was found.
   */
  instead(old: string, random: Random): string | null {
    const vowel = isVowel(old)
    for (let left = TRIES; left > 0; left--) {
      const name = this.any(random)
      if (name !== '' && isVowel(name) === vowel) return name
    }
    return null
  }

  /** Any name; '' if the corpus has no words to make one from. */
  any(random: Random): string {
    if (this.#list.length && random.below(2)) return this.#list[random.below(this.#list.length)]
    const first = this.#single(random)
    const kind = random.below(20)
    if (first === '' || kind > 5) return first
    return `${first}${kind > 0 ? ' ' : '-'}${this.#single(random) || first}`
  }

  #single(random: Random): string {
    const kind = random.below(10)
    if (kind < 3 && this.#known.length) return this.#known[random.below(this.#known.length)]
    return capitalized((kind < 6 ? this.#likeNames : this.#likeWords).word(random))
  }

  /** A made-up word in lower case, for addresses. */
  word(random: Random): string {
    return (
      this.#likeWords
        .word(random)
        .normalize('NFD')
        .replace(/[^a-z]/g, '') || 'example'
    )
  }
}

/**
 * The names of a file, one per line, each once.
 * @throws GlassformerError ERR_INPUT if there is none, or a line is not UTF-8; ERR_FILE if the file cannot be read
 */
export async function readNameList(path: string): Promise<string[]> {
  const names = new Set<string>()
  for await (const lines of readLines(path))
    for (const line of lines) {
      const name = line.normalize('NFC').replace(/\s+/g, ' ').trim()
      if (name !== '') names.add(name)
    }
  if (!names.size)
    throw new GlassformerError(
      'ERR_INPUT',
      `${path} has no names: give a file with one a line, or leave data.augment.nameList out`,
    )
  return [...names]
}
