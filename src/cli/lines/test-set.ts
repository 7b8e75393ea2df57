import { gunzipSync } from 'node:zlib'
import { GlassformerError } from '../../errors.ts'
import { decodeUtf8, firstBadByte, readInput } from '../../formats/read-file.ts'
import { counted } from '../../number-text.ts'

/** What a file says about each sentence. */
export interface Lines<T> {
  path: string
  lines: T[]
}

export interface TableRow {
  source: string
  /** At least one. */
  references: string[]
}

/**
 * The lines of a UTF-8 text file, packed by gzip or not. Lines end with \n or \r\n, the last one also without.
 * @throws GlassformerError ERR_FILE, and ERR_INPUT where it is empty, not UTF-8, or its lines end with \r alone
 */
export function readLines(path: string): Lines<string> {
  const bytes = unpacked(path, readInput(path))
  const text = decodeUtf8(bytes)
  if (text === null)
    throw new GlassformerError('ERR_INPUT', `${path}: byte ${firstBadByte(bytes)} is not UTF-8; save the file as UTF-8`)
  if (text === '') throw new GlassformerError('ERR_INPUT', `${path} is empty: there is no sentence to score`)
  if (!text.includes('\n') && /\r./.test(text))
    throw new GlassformerError(
      'ERR_INPUT',
      `${path}: line 1 ends with \\r alone; save the file with \\n at the ends of lines`,
    )
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return { path, lines: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) }
}

/** A table: source, tab, reference, and further references after further tabs. Empty cells are references that are not there. */
export function readTable(path: string): Lines<TableRow> {
  const { lines } = readLines(path)
  const rows = lines.map((line, i) => {
    const [source, ...cells] = line.split('\t')
    const references = cells.filter((cell) => cell !== '')
    if (references.length) return { source, references }
    throw new GlassformerError(
      'ERR_INPUT',
      `${path}: line ${i + 1} has no reference: a row must be a source, a tab and a reference`,
    )
  })
  return { path, lines: rows }
}

/** References of each sentence. A line of a text file is one, also where it is empty. */
export function readReferences(path: string): Lines<string[]> {
  if (/\.tsv(\.gz)?$/i.test(path)) return { path, lines: readTable(path).lines.map(({ references }) => references) }
  return { path, lines: readLines(path).lines.map((line) => [line]) }
}

/** @throws GlassformerError ERR_INPUT where two files have not as many lines */
export function checkLengths([first, ...others]: readonly Lines<unknown>[]): void {
  for (const { path, lines } of others)
    if (lines.length !== first.lines.length)
      throw new GlassformerError(
        'ERR_INPUT',
        `${first.path} has ${counted(first.lines.length, 'line')}, but ${path} has ${counted(lines.length, 'line')}: line n of every file must be about the same sentence`,
      )
}

function unpacked(path: string, bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    const { message } = cause as Error
    throw new GlassformerError('ERR_FILE', `${path} cannot be unpacked, it is damaged or cut short: ${message}`, {
      cause,
    })
  }
}
