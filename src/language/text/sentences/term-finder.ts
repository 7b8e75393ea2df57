import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { characterAt, characterBefore, isWhole, wordOrCharacter } from './whole-words.ts'

/** A part of a text, in UTF-16 units. */
export interface TextRange {
  start: number
  end: number
}

/** An occurrence of a term in a text. */
export interface FoundTerm extends TextRange {
  /** The number of the term in the list. */
  term: number
  /** Whether it begins its text, where any word is capitalized. */
  isFirst: boolean
}

/** A text with one spelling for white space, apostrophes and composed characters, with a map back to the original. */
class EvenText {
  readonly text: string
  /** The original position of each character; one more, for the end. */
  readonly #places: number[] = []

  constructor(given: string) {
    let text = ''
    for (const { 0: cluster, index } of given.matchAll(CLUSTER())) {
      const even = SPACES.test(cluster) ? ' ' : cluster.replace(APOSTROPHE, "'").normalize('NFC')
      for (let i = 0; i < even.length; i++) this.#places.push(index)
      text += even
    }
    this.#places.push(given.length)
    this.text = text
  }

  /** The range of the original text for a range of the normalized text. */
  given({ start, end }: TextRange): TextRange {
    return { start: this.#places[start], end: this.#places[end] }
  }
}

const CLUSTER = lazyPattern(String.raw`\s+|\P{M}\p{M}*|\p{M}+`, 'gu')
const SPACES = /^\s/
const APOSTROPHE = /[’ʼ]/g

const even = (text: string) => new EvenText(text.trim()).text

/** Finds terms in texts as separate words; the longest of overlapping terms wins. */
export class TermFinder {
  /** Numbers of terms with their texts, by the first word in small letters. */
  readonly #byWord = new Map<string, { term: number; text: string }[]>()

  constructor(terms: readonly string[]) {
    terms.forEach((given, term) => {
      const text = even(given)
      const key = wordAt(text, 0).toLowerCase()
      const others = this.#byWord.get(key)
      if (others) others.push({ term, text })
      else this.#byWord.set(key, [{ term, text }])
    })
  }

  /**
   * The terms of a sentence, in order. Case must match, except at the beginning of the sentence, and anywhere with
   * `anyCase`. Words that hyphens join are one word.
   */
  in(sentence: string, anyCase = false): FoundTerm[] {
    const all: FoundTerm[] = []
    const whole = new EvenText(sentence)
    const { text } = whole
    let isFirst = true
    for (let at = 0; at < text.length; ) {
      const word = wordAt(text, at)
      for (const { term, text: wanted } of this.#byWord.get(word.toLowerCase()) ?? []) {
        const end = at + wanted.length
        const written = text.slice(at, end)
        const isSame = written === wanted || ((anyCase || isFirst) && written.toLowerCase() === wanted.toLowerCase())
        if (isSame && isTerm(text, at, end)) all.push({ term, start: at, end, isFirst })
      }
      if (/[\p{L}\p{N}]/u.test(word)) isFirst = false
      at += word.length
    }
    all.sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start || b.term - a.term)
    const chosen: FoundTerm[] = []
    for (const each of all)
      if (!chosen.some((other) => each.start < other.end && other.start < each.end)) chosen.push(each)
    return chosen.sort((a, b) => a.start - b.start).map((each) => ({ ...each, ...whole.given(each) }))
  }
}

/** Finds the positions of terms in a text, one after another, in any case, and with tags between their words. */
export class TermPlaces {
  readonly #whole: EvenText
  readonly #others: readonly TextRange[]
  /** The position after the last term. */
  #at = 0

  /** Terms do not begin within any of `others`, which are in order. */
  constructor(text: string, others: readonly TextRange[]) {
    this.#whole = new EvenText(text)
    this.#others = others
  }

  /** The position of the term; where the text lacks it, an empty range after the term before. */
  next(term: string): TextRange {
    const { text } = this.#whole
    const words = even(term)
      .split(' ')
      .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    const pattern = new RegExp(words.join('(?: |<[^<>]*>)+'), 'giu')
    pattern.lastIndex = this.#at
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const [start, end] = [match.index, pattern.lastIndex]
      const range = this.#whole.given({ start, end })
      if (!isTerm(text, start, end) || this.#isWithinOther(range.start)) continue
      this.#at = end
      return range
    }
    const { start } = this.#whole.given({ start: this.#at, end: this.#at })
    return { start, end: start }
  }

  /** Whether a position is within one of the others (binary search). */
  #isWithinOther(place: number): boolean {
    let [low, high] = [0, this.#others.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#others[middle].end <= place) low = middle + 1
      else high = middle
    }
    return low < this.#others.length && this.#others[low].start <= place
  }
}

/** The lookup key of terms: a word, or one character of a script without spaces between words. */
const wordAt = (text: string, at: number): string => {
  const word = wordOrCharacter()
  word.lastIndex = at
  return word.exec(text)?.[0] ?? ''
}

const LETTER = lazyPattern(String.raw`\p{L}`, 'u')

/** Whether a part of a text consists of whole words, not joined to others by a hyphen. */
function isTerm(text: string, start: number, end: number): boolean {
  if (!isWhole(text, start, end)) return false
  const joinsBefore = text[start - 1] === '-' && LETTER().test(characterBefore(text, start - 1))
  const joinsAfter = text[end] === '-' && LETTER().test(characterAt(text, end + 1))
  return !joinsBefore && !joinsAfter
}
