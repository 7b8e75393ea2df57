import { isUtf8 } from 'node:buffer'
import { GlassformerError } from '../../base/errors.ts'
import { LONGEST_LINE } from '../../base/limits.ts'
import { fileError, openFile } from './read-file.ts'
import { unpackedChunks } from './unpacked-chunks.ts'

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

const TOO_LONG = `it has more than ${LONGEST_LINE} bytes; is this a text file?`
const RETURNS = 'it ends with \\r alone; save the file with \\n at the ends of lines'

/**
 * The lines of a UTF-8 file, about a hundred at a time, without their ends (LF or CR LF) and without a byte order mark.
 * A file that begins with gzip's magic number is decompressed, whatever its name. Only a few chunks are in memory at
 * any time. `open` decides which inputs are allowed: `openFile`, the default, takes only files that can be read again;
 * `openInput` also takes pipes.
 *
 * Throws, with file and line, ERR_INPUT where a line is not UTF-8 or has more than 1 MiB, and where CR alone ends lines; ERR_FILE where
 * the file is missing or its gzip is damaged or cut off.
 */
export async function* readLines(
  path: string,
  open: (path: string) => { descriptor: number } = openFile,
): AsyncGenerator<string[], void, undefined> {
  const damaged = (line: number, what: string, cause: unknown) =>
    new GlassformerError('ERR_FILE', `${path}, line ${line}: ${what}`, { cause })
  const wrong = (line: number, what: string) => new GlassformerError('ERR_INPUT', `${path}, line ${line}: ${what}`)
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  try {
    for await (const chunk of unpackedChunks(path, open)) {
      const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const end = whole.lastIndexOf(LINE_FEED) + 1
      const lines = linesOf(whole.subarray(0, end), line, wrong)
      rest = whole.subarray(end)
      line += lines.length
      if (rest.length > LONGEST_LINE) throw wrong(line, isOfReturns(rest) ? RETURNS : TOO_LONG)
      if (lines.length > 0) yield lines
    }
  } catch (cause) {
    const { code } = cause as { code?: unknown }
    if (code === 'Z_BUF_ERROR') throw damaged(line, 'the gzip file is cut off here; fetch or write it again', cause)
    if (typeof code === 'string' && code.startsWith('Z_'))
      throw damaged(line, `the gzip file is damaged (${(cause as Error).message}); fetch or write it again`, cause)
    throw fileError('read', path, cause)
  }
  if (line === 1 && isOfReturns(rest)) throw wrong(line, RETURNS)
  if (rest.length > 0) yield linesOf(rest, line, wrong)
}

/** Whether bytes without a line feed are lines ended by CR alone. */
function isOfReturns(bytes: Buffer): boolean {
  const found = bytes.indexOf(CARRIAGE_RETURN)
  return found >= 0 && found < bytes.length - 1
}

/**
 * The lines of some bytes. Each line is a separate string, because a slice of the chunk's string would keep the whole
 * chunk in memory.
 */
function linesOf(bytes: Buffer, first: number, wrong: (line: number, what: string) => GlassformerError): string[] {
  const lines: string[] = []
  const isValid = isUtf8(bytes)
  for (let begin = 0; begin < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, begin)
    const next = found < 0 ? bytes.length : found
    const end = next > begin && bytes[next - 1] === CARRIAGE_RETURN ? next - 1 : next
    if (!isValid && !isUtf8(bytes.subarray(begin, end)))
      throw wrong(first + lines.length, 'it is not UTF-8; save the file as UTF-8')
    if (end - begin > LONGEST_LINE) throw wrong(first + lines.length, TOO_LONG)
    lines.push(bytes.toString('utf8', begin, end))
    begin = next + 1
  }
  return lines
}
