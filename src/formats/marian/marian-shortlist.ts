import { GlassformerError } from '../../base/errors.ts'
import type { FileLimit } from '../disk/file-limit.ts'

/** The magic number of Marian's binary shortlists. */
const MAGIC = 0xf11a48d5013417f5n
const HEADER = 48

/** The maximum size of a shortlist in bytes: fifty targets for each of a million sources. */
export const shortlistFile: FileLimit = { what: 'a shortlist', most: 1 << 28, code: 'ERR_MODEL_FORMAT' }

/** Marian's table of the likely target tokens of each source token. */
export interface MarianShortlist {
  /** Ids below this number are in every list. */
  first: number
  /** The targets of source token s are targets[offsets[s]] to targets[offsets[s + 1] − 1]. */
  offsets: Int32Array
  targets: Int32Array
}

/**
 * Reads a binary lexical shortlist of Marian (`lex.50.50.*.bin`), whose `path` is for messages: six numbers of 64 bits (a mark, a checksum, how many of the first ids
 * belong to every list, how many targets a source has at most, and the lengths of both tables), offsets of 64 bits, targets of 32.
 * @throws GlassformerError ERR_MODEL_FORMAT with the offset, for a damaged file; ERR_UNSUPPORTED for a text list
 */
export function readMarianShortlist(bytes: Uint8Array, path: string): MarianShortlist {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const fail = (offset: number, what: string) =>
    new GlassformerError('ERR_MODEL_FORMAT', `${path}, offset ${offset}: ${what}`)
  if (bytes.length >= 8 && view.getBigUint64(0, true) !== MAGIC)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${path}, offset 0: this is no binary shortlist of Marian; one in text is made binary by marian-conv --shortlist`,
    )
  if (bytes.length < HEADER) throw fail(bytes.length, 'the file ends within the header of a shortlist: it is cut short')
  const number = (offset: number, what: string) => {
    const value = Number(view.getBigUint64(offset, true))
    if (value > 0x7fffffff) throw fail(offset, `${what} is ${value}, more than a shortlist can have`)
    return value
  }
  const first = number(16, 'the number of first ids')
  const sources = number(32, 'the number of offsets')
  const count = number(40, 'the number of targets')
  const expected = HEADER + 8 * sources + 4 * count
  if (expected !== bytes.length)
    throw fail(
      32,
      `${sources} offsets and ${count} targets take ${expected} bytes, and the file has ${bytes.length}: it is cut short or damaged; fetch it again`,
    )
  if (sources < 1) throw fail(32, 'there are no offsets')
  checkSum(view, fail)
  const offsets = new Int32Array(sources)
  for (let s = 0; s < sources; s++) {
    const at = HEADER + 8 * s
    offsets[s] = number(at, 'an offset')
    if (offsets[s] > count || (s === 0 ? offsets[s] !== 0 : offsets[s] < offsets[s - 1]))
      throw fail(at, `the offset of source token ${s} is ${offsets[s]}, out of order`)
  }
  if (offsets[sources - 1] !== count) throw fail(HEADER + 8 * (sources - 1), `the last offset is not ${count}`)
  const targets = new Int32Array(count)
  for (let i = 0, at = HEADER + 8 * sources; i < count; i++, at += 4) targets[i] = view.getInt32(at, true)
  return { first, offsets, targets }
}

/** Marian's checksum: boost's hash combination of all following 64-bit numbers, computed in halves of 32 bits. */
function checkSum(view: DataView, fail: (offset: number, what: string) => GlassformerError): void {
  let low = 0
  let high = 0
  const end = view.byteLength - (view.byteLength % 8)
  for (let at = 16; at < end; at += 8) {
    const left = (low << 6) >>> 0
    const right = ((low >>> 2) | (high << 30)) >>> 0
    const lowSum = view.getUint32(at, true) + 0x9e3779b9 + left + right
    const carry = Math.floor(lowSum / 2 ** 32)
    const highSum = view.getUint32(at + 4, true) + (((high << 6) | (low >>> 26)) >>> 0) + (high >>> 2) + carry
    low = (low ^ lowSum) >>> 0
    high = (high ^ highSum) >>> 0
  }
  if (view.getUint32(8, true) !== low || view.getUint32(12, true) !== high)
    throw fail(8, 'the checksum is not that of the table: the shortlist is damaged; fetch it again')
}
