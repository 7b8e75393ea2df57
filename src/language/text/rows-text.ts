import { GlassformerError } from '../../base/errors.ts'

const ROWS = /^((?:>>[^<>\s]+<<)?)\s*(\[\s*\[.*)$/s

/** A source that is written as rows of real numbers, a list of lists in JSON, and the code of a language before them; null for other texts. */
export function rowsIn(text: string): { code: string; rows: string } | null {
  const [, code, rows] = ROWS.exec(text.trimStart()) ?? []
  return rows === undefined ? null : { code, rows }
}

/**
 * The numbers of rows of `width`, end to end, of a source such as `[[0, 0.5], [1, 0.25]]`.
 * @throws GlassformerError ERR_INPUT for a text that is not JSON, rows of another width, and numbers that float32 does not have
 */
export function readRows(rows: string, width: number): Float32Array {
  const refused = (why: string) =>
    new GlassformerError(
      'ERR_INPUT',
      `a source that begins with [[ has rows of real numbers as JSON (“${rows.slice(0, 40)}…”): ${why}`,
    )
  const list = parsed(rows)
  if (!list) throw refused('it is no JSON, which has no NaN either')
  const values = new Float32Array(list.length * width)
  list.forEach((row, r) => {
    if (!Array.isArray(row) || row.length !== width)
      throw refused(`row ${r} must be a list of ${width} numbers, not ${shownRow(row)}`)
    row.forEach((value: unknown, i) => {
      if (typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
        throw refused(`number ${i} of row ${r} must be a finite number of 32 bits, not ${JSON.stringify(value)}`)
      values[r * width + i] = value
    })
  })
  return values
}

function parsed(text: string): readonly unknown[] | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const shownRow = (row: unknown) => (Array.isArray(row) ? `one of ${row.length}` : JSON.stringify(row))
