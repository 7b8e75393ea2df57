/**
 * White space as Python's str.split() defines it, on which scores are based. JavaScript's \s lacks U+001C to U+001F and U+0085, and has
 * U+FEFF.
 */
const CLASS = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const run = new RegExp(`${CLASS}+`)
const runs = new RegExp(`${CLASS}+`, 'g')
const one = new RegExp(CLASS)

/** The parts of a text between white space; none of them is empty. */
export const splitWords = (text: string): string[] => text.split(run).filter((word) => word !== '')

export const withoutWhiteSpace = (text: string): string => text.replace(runs, '')

/** Removes white space from the end. (A pattern `\s+$` would take quadratic time over long runs elsewhere.) */
export function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && one.test(text[end - 1])) end--
  return text.slice(0, end)
}
