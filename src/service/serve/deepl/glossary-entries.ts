import { setImmediate as nextTurn } from 'node:timers/promises'
import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import { entriesOf, type GlossaryEntry } from '../../../use/translate/options/glossary-option.ts'
import { refused } from '../requests/fields.ts'

export type EntriesForm = 'tsv' | 'csv'

/** The maximum number of entries in a dictionary. */
const MOST = 100_000

/** The number of lines parsed at once: between such groups other requests run. */
const AT_ONCE = 1000

/**
 * The entries of a glossary, one per line: a term and its translation. @throws GlassformerError ERR_INPUT, with the
 * line
 */
export async function readEntries(text: string, form: EntriesForm): Promise<GlossaryEntry[]> {
  const entries: GlossaryEntry[] = []
  const lines = new Map<string, number>()
  let n = 0
  for (const row of form === 'tsv' ? tsvRows(text) : csvRows(text)) {
    if (++n % AT_ONCE === 0) await nextTurn()
    if (row.every((each) => each.trim() === '')) continue
    if (entries.length === MOST) throw wrong(`there are more than ${whole(MOST)}`)
    const term = row[0].trim()
    const before = lines.get(term)
    if (before !== undefined) throw wrong(`line ${n} has the same source entry as line ${before}`)
    lines.set(term, n)
    // DeepL's CSV may have the two languages after a pair.
    if (form === 'csv' && row.length === 4) row.length = 2
    entries.push(entryOf(row, n))
  }
  if (!entries.length) throw refused("Bad request. Reason: Missing or invalid argument: 'entries'")
  return entries
}

function entryOf(row: string[], n: number): GlossaryEntry {
  try {
    return entriesOf([row as unknown as GlossaryEntry], () => `line ${n}`)[0]
  } catch (error) {
    throw error instanceof GlassformerError ? wrong(error.message) : error
  }
}

const wrong = (message: string) => refused(`Invalid glossary entries provided: ${message}`)

export const writeTsv = (entries: readonly GlossaryEntry[]): string => entries.map((pair) => pair.join('\t')).join('\n')

function* tsvRows(text: string): Generator<string[]> {
  let at = 0
  for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r|$/g)) {
    yield text.slice(at, index).split('\t', MOST_FIELDS)
    at = index + end.length
  }
}

/** Fields beyond the maximum of a row are not parsed. */
const MOST_FIELDS = 5

/** Rows of CSV by RFC 4180: fields with commas, quotes and line ends are quoted. */
function* csvRows(text: string): Generator<string[]> {
  let row: string[] = []
  for (let at = 0; at <= text.length; ) {
    const { value, end } = text[at] === '"' ? quotedField(text, at) : plainField(text, at)
    if (row.length < MOST_FIELDS) row.push(value)
    if (text[end] !== ',') {
      yield row
      row = []
    }
    at = end + (text.startsWith('\r\n', end) ? 2 : 1)
  }
}

function plainField(text: string, at: number): { value: string; end: number } {
  FIELD_END.lastIndex = at
  const end = FIELD_END.exec(text)?.index ?? text.length
  return { value: text.slice(at, end), end }
}

/**
 * A quoted field, in which two quotes represent one. @throws GlassformerError ERR_INPUT where the field does not end,
 * or is followed by anything but a separator
 */
function quotedField(text: string, at: number): { value: string; end: number } {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 2)) {
    if (text[quote + 1] === '"') continue
    const end = quote + 1
    if (end < text.length && !',\r\n'.includes(text[end])) break
    return { value: text.slice(at + 1, quote).replaceAll('""', '"'), end }
  }
  throw wrong('a field that begins with a quotation mark does not end with one')
}

const FIELD_END = /[,\r\n]/g
