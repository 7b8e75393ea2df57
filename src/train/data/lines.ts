import { isUtf8 } from 'node:buffer'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { GlassformerError } from '../../errors.ts'
import { fileError } from '../../formats/read-file.ts'

const CHUNK = 1 << 18
/** No sentence is longer; without a bound, a file without line ends would fill the memory. */
const LONGEST_LINE = 1 << 20
const LINE_FEED = 10
const CARRIAGE_RETURN = 13

const TOO_LONG = `it has more than ${LONGEST_LINE} bytes; is this a text file?`
const RETURNS = 'it ends with \\r alone; save the file with \\n at the ends of lines'

/**
 * The lines of a UTF-8 file, some hundred at a time, without their ends (LF or CR LF) and without a byte order mark. A file
 * that begins as gzip does is unpacked, whatever it is called. Only a few chunks are in memory at any time.
 *
 * Throws, with file and line, ERR_INPUT where a line is not UTF-8 or has more than 1 MiB, and where CR alone ends lines; ERR_FILE where
 * the file is missing or its gzip is damaged or cut off.
 */
export async function* readLines(path: string): AsyncGenerator<string[], void, undefined> {
  const damaged = (line: number, what: string, cause: unknown) =>
    new GlassformerError('ERR_FILE', `${path}, line ${line}: ${what}`, { cause })
  const wrong = (line: number, what: string) => new GlassformerError('ERR_INPUT', `${path}, line ${line}: ${what}`)
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  try {
    for await (const chunk of chunksOf(path)) {
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

/** Whether what has no line feed is lines that end with CR alone. */
function isOfReturns(bytes: Buffer): boolean {
  const found = bytes.indexOf(CARRIAGE_RETURN)
  return found >= 0 && found < bytes.length - 1
}

/** The bytes of a file, unpacked if it is gzip. */
async function* chunksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path)
  try {
    const head = await headOf(file)
    const raw = file.createReadStream({ start: 0, highWaterMark: CHUNK, autoClose: false })
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    const hasMark = !isGzip && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
    const stream = isGzip ? pipeline(raw, createGunzip({ chunkSize: CHUNK }), () => {}) : raw
    let isFirst = true
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const skipsMark = isFirst && (hasMark || (isGzip && chunk.indexOf('\ufeff') === 0))
      isFirst = false
      yield skipsMark ? chunk.subarray(3) : chunk
    }
  } finally {
    await file.close()
  }
}

async function headOf(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3, 0)
  return buffer.subarray(0, bytesRead)
}

/** Each line is a text of its own: a slice of the chunk's text would keep all of it in memory. */
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
