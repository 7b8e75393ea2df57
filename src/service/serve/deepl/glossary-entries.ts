import { GlassformerError } from '../../../base/errors.ts'
import { entriesOf, type GlossaryEntry } from '../../../use/translate/glossary-option.ts'
import { refused } from '../fields.ts'

export type EntriesForm = 'tsv' | 'csv'

/** The entries of a glossary, one a line: a term and its translation. @throws GlassformerError ERR_INPUT, with the line */
export function readEntries(text: string, form: EntriesForm): GlossaryEntry[] {
  const lines: { n: number; pair: string[] }[] = []
  const rows = form === 'tsv' ? text.split(/\r\n|\n|\r/).map((line) => line.split('\t')) : csvRows(text)
  for (const [at, pair] of rows.entries()) if (pair.some((each) => each.trim() !== '')) lines.push({ n: at + 1, pair })
  if (!lines.length) throw refused("Bad request. Reason: Missing or invalid argument: 'entries'")
  const seen = new Map<string, number>()
  for (const { n, pair } of lines) {
    const term = pair[0].trim()
    const before = seen.get(term)
    if (before !== undefined)
      throw refused(`Invalid glossary entries provided: line ${n} has the same source entry as line ${before}`)
    seen.set(term, n)
    // DeepL's CSV may have the two languages behind a pair.
    if (form === 'csv' && pair.length === 4) pair.length = 2
  }
  try {
    return entriesOf(
      lines.map(({ pair }) => pair as unknown as GlossaryEntry),
      (i) => `line ${lines[i].n}`,
    )
  } catch (error) {
    if (error instanceof GlassformerError) throw refused(`Invalid glossary entries provided: ${error.message}`)
    throw error
  }
}

export const writeTsv = (entries: readonly GlossaryEntry[]): string => entries.map((pair) => pair.join('\t')).join('\n')

/** Rows of CSV, as RFC 4180 has it: fields with commas, quotes and line ends stand in quotes. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|\n|\r|$)/gy
  for (let match = field.exec(text); match; match = field.exec(text)) {
    const [, quoted, plain, end] = match
    rows.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '') break
    if (end !== ',') rows.push([])
  }
  return rows
}
