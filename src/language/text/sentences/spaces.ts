/**
 * Removes the spaces of tokenized text before punctuation and English contractions, as Hugging Face's
 * `clean_up_tokenization_spaces` does.
 */
export function cleanUpSpaces(text: string): string {
  return text
    .replace(/ ([.?!,])/g, '$1')
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, '$1')
}

/**
 * Strips white space from both ends, as Python's str.strip() does: U+001C-001F are stripped, and a byte order mark
 * stays.
 */
export function stripSpaces(text: string): string {
  let begin = 0
  let end = text.length
  while (begin < end && isSpace(text.charCodeAt(begin))) begin++
  while (end > begin && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(begin, end)
}

/** The text in one line: white space with a line end becomes a space. */
export const inOneLine = (text: string): string => text.replace(/\s+/g, (run) => (/[\r\n]/.test(run) ? ' ' : run))

/** White space as Python defines it: Unicode's White_Space, and U+001C-001F. */
const isSpace = (code: number): boolean =>
  code < 0x80
    ? code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f)
    : (code >= 0x2000 && code <= 0x200a) || OTHER_SPACES.has(code)

const OTHER_SPACES = new Set([0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000])

/** The number of UTF-16 units of white space at the beginning of a text. */
export function leadingSpaces(text: string): number {
  let count = 0
  while (count < text.length && isWhiteSpace(text.charCodeAt(count))) count++
  return count
}

/** The number of UTF-16 units of white space at the end of a text. */
export function trailingSpaces(text: string): number {
  let count = 0
  while (count < text.length && isWhiteSpace(text.charCodeAt(text.length - 1 - count))) count++
  return count
}

/** White space by Python's or JavaScript's definition; a byte order mark is white space to JavaScript. */
export const isWhiteSpace = (code: number): boolean => isSpace(code) || code === 0xfeff
