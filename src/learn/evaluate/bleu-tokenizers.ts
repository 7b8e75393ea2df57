import { unicodeClasses } from './unicode-classes.ts'
import { splitWords, trimEnd } from './white-space.ts'

/** Tokenizations of BLEU, under sacreBLEU's names. */
export type BleuTokenizer = '13a' | 'none' | 'char' | 'intl'

/** Functions that return the tokens of a text. They get texts without trailing white space. */
export const bleuTokenizers: Record<BleuTokenizer, (text: string) => string[]> = {
  '13a': (text) => splitWords(mteval13a(trimEnd(text))),
  none: splitWords,
  char: (text) => [...text].filter((character) => splitWords(character).length > 0),
  intl: (text) => splitWords(mteval14International(trimEnd(text))),
}

/**
 * NIST's mteval-v13a.pl, WMT's standard: separates ASCII punctuation, but full stops and commas only if they are not
 * between digits. Other punctuation stays with its word. Entities are unescaped one kind after the other, so that
 * &amp;lt; becomes <.
 */
function mteval13a(text: string): string {
  const plain = text
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
  return ` ${plain} `
    .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
    .replace(/([^0-9])([.,])/g, '$1 $2 ')
    .replace(/([.,])([^0-9])/g, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ')
}

/**
 * mteval-v14.pl --international-tokenization: separates Unicode punctuation unless it is between numbers, and symbols
 * always. As in that script, no space is added at the ends, so a full stop after a final number stays with it. The
 * character classes do not depend on the version of Node.js: they are those of the `regex` package with which sacreBLEU
 * tokenizes.
 */
function mteval14International(text: string): string {
  international ??= internationalPatterns()
  return text
    .replace(international.beforePunctuation, '$1 $2 ')
    .replace(international.behindPunctuation, ' $1 $2')
    .replace(international.symbol, ' $& ')
}

let international: ReturnType<typeof internationalPatterns> | undefined

function internationalPatterns() {
  const { number, punctuation, symbol } = unicodeClasses
  const [N, P, S] = [number, punctuation, symbol].map(rangesOf)
  return {
    beforePunctuation: new RegExp(`([^${N}])([${P}])`, 'gu'),
    behindPunctuation: new RegExp(`([${P}])([^${N}])`, 'gu'),
    symbol: new RegExp(`[${S}]`, 'gu'),
  }
}

/** Ranges in the form of a character class. */
function rangesOf(gapsAndCounts: string): string {
  const numbers = gapsAndCounts.split(' ').map((number) => Number.parseInt(number, 36))
  const escaped = (point: number) => `\\u{${point.toString(16)}}`
  let [ranges, point] = ['', 0]
  for (let i = 0; i < numbers.length; i += 2) {
    point += numbers[i] + numbers[i + 1]
    ranges += `${escaped(point - numbers[i + 1])}-${escaped(point - 1)}`
  }
  return ranges
}
