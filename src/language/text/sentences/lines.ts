import { isWhiteSpace } from './spaces.ts'

/** A text as sentences and the white space around them: `spaces[0] + sentences[0] + spaces[1] + … + spaces.at(-1)`. */
export interface SplitText {
  /** No sentence is empty, and none begins or ends with white space. */
  sentences: string[]
  /**
   * There is one more space than sentences. A text of only white space has no sentences and one space, the text itself.
   */
  spaces: string[]
}

/**
 * Splits a text at its line ends into the texts of its lines. The white space around these texts, line ends included,
 * is stored separately.
 */
export function splitLines(text: string): SplitText {
  const sentences: string[] = []
  const spaces: string[] = []
  let after = 0
  for (let at = 0; at < text.length; at++) {
    if (isWhiteSpace(text.charCodeAt(at))) continue
    let end = at + 1
    let last = at
    for (; end < text.length && !isLineEnd(text.charCodeAt(end)); end++)
      if (!isWhiteSpace(text.charCodeAt(end))) last = end
    spaces.push(text.slice(after, at))
    after = last + 1
    sentences.push(text.slice(at, after))
    at = end
  }
  spaces.push(text.slice(after))
  return { sentences, spaces }
}

/** The mandatory breaks of Unicode (UAX 14): line feed, vertical tab, form feed, carriage return, next line, line and paragraph separator. */
const isLineEnd = (code: number) =>
  (code >= 0x0a && code <= 0x0d) || code === 0x85 || code === 0x2028 || code === 0x2029

/** The text before the first line end of a text. */
export function firstLine(text: string): string {
  let end = 0
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end++
  return text.slice(0, end)
}
