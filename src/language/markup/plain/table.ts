import { GlassformerError } from '../../../base/errors.ts'
import { Document, isText, type Unit, unreadable } from '../document/document.ts'

/** A cell of a table: its place, with its quotation marks, and its text. */
interface Cell {
  start: number
  end: number
  text: string
}

/**
 * Parses a table of comma-separated (or semicolon-separated) or tab-separated values: the cells of some columns are
 * translated. `columns` are heads of the first row, or numbers from 1 on; the row of heads stays if a column is given
 * by its head.
 * @throws GlassformerError ERR_OPTION for a column that is not there, ERR_INPUT, with the line, for an open quotation
 */
export function parseTable(source: string, format: 'csv' | 'tsv', columns: readonly string[]): Document {
  const begin = source.startsWith('\ufeff') ? 1 : 0
  const separator = format === 'tsv' ? '\t' : separatorOf(source)
  const units: Unit[] = []
  let chosen: ReadonlySet<number> | null = null
  for (const row of rowsOf(source, begin, separator)) {
    if (!chosen) {
      const heads = row.map(({ text }) => text.trim())
      chosen = new Set(columns.map((column) => columnOf(column, heads)))
      if (!chosen.size)
        throw new GlassformerError(
          'ERR_OPTION',
          `option 'columns': which columns of the table are to be translated? Its first row has: ${named(heads)}`,
        )
      if (columns.some((column) => heads.includes(column))) continue
    }
    for (const [i, cell] of row.entries()) if (chosen.has(i) && isText(cell.text)) units.push(unitOf(cell, separator))
  }
  return new Document(source, units)
}

const named = (heads: readonly string[]) => heads.map((head, i) => `${i + 1}: ${head.slice(0, 40)}`).join(', ')

/** The separator that the first line has most often, outside of quotations. */
function separatorOf(source: string): string {
  // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
  const line = /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(source)![0].replace(/"(?:[^"]|"")*"/g, '')
  const count = (mark: string) => line.split(mark).length
  return [';', '\t'].find((mark) => count(mark) > count(',')) ?? ','
}

function columnOf(column: string, heads: readonly string[]): number {
  const named = heads.indexOf(column)
  const number = Number(column) - 1
  const found = named >= 0 ? named : /^\d+$/.test(column) ? number : -1
  if (found >= 0 && found < heads.length) return found
  throw new GlassformerError(
    'ERR_OPTION',
    `option 'columns': the table has no column ${JSON.stringify(column)}; its columns are ${heads.map((head) => JSON.stringify(head.slice(0, 40))).join(', ')}`,
  )
}

/** The rows of a table, as RFC 4180 describes them. */
function* rowsOf(source: string, begin: number, separator: string): Generator<Cell[]> {
  let row: Cell[] = []
  for (let at = begin; at < source.length; ) {
    const cell = cellAt(source, at, separator)
    row.push(cell)
    const mark = source[cell.end]
    at = cell.end + (source.startsWith('\r\n', cell.end) ? 2 : 1)
    if (mark === separator) continue
    yield row
    row = []
  }
  if (row.length) yield row
}

function cellAt(source: string, start: number, separator: string): Cell {
  let end = start
  if (source[start] === '"') {
    end = closing(source, start)
    if (end < 0) throw unreadable(source, start, 'a quotation mark has no partner')
    const text = source.slice(start + 1, end).replaceAll('""', '"')
    end++
    while (end < source.length && source[end] !== separator && source[end] !== '\n' && source[end] !== '\r') end++
    return { start, end, text }
  }
  while (end < source.length && source[end] !== separator && source[end] !== '\n' && source[end] !== '\r') end++
  return { start, end, text: source.slice(start, end) }
}

/** The quotation mark that closes a cell; two of them stand for one. */
function closing(source: string, open: number): number {
  for (let at = source.indexOf('"', open + 1); at >= 0; at = source.indexOf('"', at + 2))
    if (source[at + 1] !== '"') return at
  return -1
}

function unitOf({ start, end, text }: Cell, separator: string): Unit {
  const written = (translated: string) =>
    end - start === text.length && !translated.includes(separator) && !/["\r\n]/.test(translated)
      ? translated
      : `"${translated.replaceAll('"', '""')}"`
  return {
    at: start,
    text: { text, spans: [] },
    edits: (translation) => [{ start, end, text: written(translation.text) }],
  }
}
