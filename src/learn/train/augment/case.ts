import type { Pair } from '../pairs/corpus.ts'
import type { CorpusWords } from './corpus-words.ts'

/** The languages of both sides, as BCP 47 tags; undefined if they are not known. */
export interface LanguagePair {
  source?: string
  target?: string
}

const localeOf = (language?: string): string | undefined => {
  try {
    return Intl.getCanonicalLocales(language)[0]
  } catch {
    return undefined // codes of models need not be tags: fra_Latn
  }
}

const FIRST_OF_WORD = /(?<![\p{L}\p{M}\p{N}'’])\p{L}/gu
const FIRST_WORD = /^\P{L}*(\p{L}[\p{L}\p{M}]*)/u

/** Changes the case of pairs by the rules of their languages. */
export class Case {
  readonly #source: string | undefined
  readonly #target: string | undefined
  readonly #words: CorpusWords

  constructor(words: CorpusWords, { source, target }: LanguagePair) {
    this.#words = words
    this.#source = localeOf(source)
    this.#target = localeOf(target)
  }

  capitals({ source, target }: Pair): Pair {
    return { source: source.toLocaleUpperCase(this.#source), target: target.toLocaleUpperCase(this.#target) }
  }

  title({ source, target }: Pair): Pair {
    const title = (text: string, locale?: string) =>
      text.replace(FIRST_OF_WORD, (letter) => letter.toLocaleUpperCase(locale))
    return { source: title(source, this.#source), target: title(target, this.#target) }
  }

  /** The source in lower case, and the target's first word too, unless it is capitalized within sentences. */
  lower({ source, target }: Pair): Pair {
    return {
      source: source.toLocaleLowerCase(this.#source),
      target: this.#within(target, this.#target, 'isLowerInTargets'),
    }
  }

  /** A pair as the continuation of a sentence: its first words are written as within sentences. */
  within({ source, target }: Pair): Pair {
    return {
      source: this.#within(source, this.#source, 'isLowerInSources'),
      target: this.#within(target, this.#target, 'isLowerInTargets'),
    }
  }

  #within(text: string, locale: string | undefined, isLower: 'isLowerInSources' | 'isLowerInTargets'): string {
    const word = FIRST_WORD.exec(text)?.[1]
    if (!word || !this.#words[isLower](word)) return text
    const at = text.indexOf(word)
    return text.slice(0, at) + word[0].toLocaleLowerCase(locale) + text.slice(at + 1)
  }
}
