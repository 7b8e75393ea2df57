/**
 * Takes out the spaces before punctuation and English contractions that tokenised text has: what Hugging Face calls
 * `clean_up_tokenization_spaces`.
 */
export function cleanUpSpaces(text: string): string {
  return text
    .replace(/ ([.?!,])/g, '$1')
    .replaceAll(" ' ", "'")
    .replace(/ (n't|'m|'s|'ve|'re)/g, '$1')
}

/** Takes white space off both ends, the way Python's str.strip() does: U+001C-001F go, a byte order mark stays. */
export function stripSpaces(text: string): string {
  let begin = 0
  let end = text.length
  while (begin < end && isSpace(text.charCodeAt(begin))) begin++
  while (end > begin && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(begin, end)
}

const isSpace = (code: number) =>
  code === 0x20 || (code >= 0x1c && code <= 0x1f) || /\p{White_Space}/u.test(String.fromCharCode(code))
