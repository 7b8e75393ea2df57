/** The level of escaping in a text: characters that Markdown probably reads as markup, or all that it might. */
export type Care = 'likely' | 'all'

/** A text in Markdown's syntax. */
export function escapeMarkdown(text: string, beginsLine: boolean, isInTable: boolean, care: Care): string {
  const safe = care === 'all' ? text.replace(/[!-/:-@[-`{-~]/g, '\\$&') : escapeLikely(text)
  const inCell = isInTable && care === 'likely' ? safe.replaceAll('|', '\\|') : safe
  return beginsLine && care === 'likely' ? inCell.replace(LINE_BEGIN, '$1\\$2') : inCell
}

function escapeLikely(text: string): string {
  let end = text.length
  while (text[end - 1] === '#') end--
  const closing = text.slice(end) // the closing marks of a heading
  return text.slice(0, end).replace(LIKELY, '\\$&') + (closing && `\\${closing}`)
}

/** `_` within a word is not markup: `snake_case` has no emphasis. */
const LIKELY = /[\\`*[\]~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[A-Za-z/!?])|&(?=#?\w+;)/gu

/** Beginnings of a list, a quotation or a heading, and the underline of a heading. */
const LINE_BEGIN = /^(\d{0,9})([-+>#=.)])/

/** Whether a text may begin a line within a paragraph without beginning another block. */
export const mayBeginLine = (text: string): boolean => /^\p{L}/u.test(text)
