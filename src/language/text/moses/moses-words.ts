import { abbreviationsOf } from '../sentences/abbreviations.ts'
import { escaped, type Letters, lettersOf } from './letters.ts'

/** A dot of a run, while single dots are looked for: a control character, which texts have lost before. */
const DOT = '\u0001'

const CONTROLS = '[\\0-\\x1f]'
const controls = new RegExp(CONTROLS, 'g')

/** White space as Python has it, in which Moses' rules are mostly run. */
const SPACES = '[ \\t-\\r\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+'
const spaces = new RegExp(SPACES, 'g')

type Rule = readonly [pattern: RegExp, by: string]

/** Cuts texts of one language into the tokens of Moses' tokenizer: words and punctuation marks. */
export class MosesWords {
  readonly #rules: readonly Rule[]
  readonly #letter: RegExp
  readonly #language: string

  /** `dashes`: a dash within a word becomes a token of its own, `@-@` (fairseq's aggressive splits). */
  constructor(language: string, dashes = false) {
    const letters = lettersOf(language)
    this.#language = language
    this.#letter = new RegExp(letters.letter, 'v')
    this.#rules = [
      [new RegExp(`([[^\\s.'\`,\\-]--${letters.word}])`, 'gv'), ' $1 '],
      ...(dashes ? [[new RegExp(`(${letters.word})-(?=${letters.word})`, 'gv'), '$1 @-@ '] as const] : []),
      [/\.{2,}/g, ''],
      [/(\P{N}),/gu, '$1 , '],
      [/,(\P{N})/gu, ' , $1'],
      [/(\p{N}),$/gu, '$1 , '],
      ...apostrophes(language, letters),
    ]
  }

  /** The tokens of a sentence, with Moses' escapes. */
  cut(text: string): string[] {
    let result = text.replace(spaces, ' ').replace(controls, '').trim()
    for (const [pattern, by] of this.#rules)
      result = by === '' ? result.replace(pattern, (run) => ` ${DOT.repeat(run.length)} `) : result.replace(pattern, by)
    const words = this.#withFullStops(result.split(spaces).filter((word) => word !== ''))
    const line = words
      .join(' ')
      .replace(/\.' ?$/, " . ' ")
      .replaceAll(DOT, '.')
    return escaped(line)
      .split(' ')
      .filter((word) => word !== '')
  }

  /** Full stops become words, but those of abbreviations and those before a small letter. */
  #withFullStops(words: readonly string[]): string[] {
    const { titles, mayEnd, beforeNumbers } = abbreviationsOf(this.#language)
    return words.flatMap((word, at) => {
      if (word.length < 2 || !word.endsWith('.')) return [word]
      const stem = word.slice(0, -1)
      const next = words[at + 1] ?? ''
      const stays =
        (stem.includes('.') && this.#letter.test(stem)) ||
        /^\p{Lu}$/u.test(stem) ||
        titles.has(stem) ||
        mayEnd.has(stem) ||
        /^\p{Lowercase}/u.test(next) ||
        (beforeNumbers.has(stem) && /^[0-9]/.test(next))
      return stays ? [word] : [stem, '.']
    })
  }
}

/** To which side of an apostrophe a language's words are joined. */
function apostrophes(language: string, { letter }: Letters): readonly Rule[] {
  const rule = (before: string, after: string, by: string): Rule => [new RegExp(`(${before})'(${after})`, 'gv'), by]
  const other = `[[\\p{Any}]--${letter}]`
  switch (language) {
    case 'en':
      return [
        rule(other, other, "$1 ' $2"),
        rule(`[[\\p{Any}]--${letter}--[\\p{N}]]`, letter, "$1 ' $2"),
        rule(letter, other, "$1 ' $2"),
        rule(letter, letter, "$1 '$2"),
        rule('\\p{N}', 's', "$1 '$2"),
      ]
    case 'fr':
    case 'it':
      return [
        rule(other, other, "$1 ' $2"),
        rule(other, letter, "$1 ' $2"),
        rule(letter, other, "$1 ' $2"),
        rule(letter, letter, "$1' $2"),
      ]
    default:
      return [[/'/g, " ' "]]
  }
}
