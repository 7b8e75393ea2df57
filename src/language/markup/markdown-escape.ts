/** How much of a text is escaped: what Markdown is likely to read as markup, or each character that it might. */
export type Care = 'likely' | 'all'

/** A text as it is written in Markdown. */
export function escapeMarkdown(text: string, beginsLine: boolean, isInTable: boolean, care: Care): string {
  const safe = care === 'all' ? text.replace(/[!-/:-@[-`{-~]/g, '\\$&') : escapeLikely(text)
  const inCell = isInTable && care === 'likely' ? safe.replaceAll('|', '\\|') : safe
  return beginsLine && care === 'likely' ? inCell.replace(LINE_BEGIN, '$1\\$2') : inCell
}

function escapeLikely(text: string): string {
  let end = text.length
  while (text[end - 1] === '#') end--
  const closing = text.slice(end) // what a heading may end with
  return text.slice(0, end).replace(LIKELY, '\\$&') + (closing && `\\${closing}`)
}

/** `_` within a word is none of these: `snake_case` has no emphasis. */
const LIKELY = /[\\`*[\]~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[A-Za-z/!?])|&(?=#?\w+;)/gu

/** What begins a list, a quotation, a heading or the line below one. */
const LINE_BEGIN = /^(\d{0,9})([-+>#=.)])/

/** Whether a text may begin a line within a paragraph and begin nothing else. */
export const mayBeginLine = (text: string): boolean => /^\p{L}/u.test(text)
