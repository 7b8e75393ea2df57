import { splitWords, trimEnd } from './white-space.ts'

/** How BLEU cuts texts into tokens, under sacreBLEU's names. */
export type BleuTokenizer = '13a' | 'none' | 'char' | 'intl'

/** Each gives the tokens of a text. A text's trailing white space is not seen by any of them. */
export const bleuTokenizers: Record<BleuTokenizer, (text: string) => string[]> = {
  '13a': (text) => splitWords(mteval13a(trimEnd(text))),
  none: splitWords,
  char: (text) => [...text].filter((character) => splitWords(character).length > 0),
  intl: (text) => splitWords(mteval14International(trimEnd(text))),
}

/**
 * NIST's mteval-v13a.pl, WMT's standard: ASCII punctuation stands apart, full stops and commas unless between digits. Other
 * punctuation stays with its word. Entities are unescaped one kind after the other, so that &amp;lt; ends as <.
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
 * mteval-v14.pl --international-tokenization: Unicode punctuation stands apart unless between numbers, symbols always. As there,
 * no space is added at the ends, so a full stop behind a final number stays with it.
 */
function mteval14International(text: string): string {
  return text
    .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
    .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
    .replace(/\p{S}/gu, ' $& ')
}
