import type { ByteReader } from './byte-reader.ts'
import { checkRate, formatError, MOST_CHANNELS } from './format-error.ts'
import type { SampleKind } from './wav-samples.ts'

/** The contents of the chunks before the samples of a WAV file. */
export interface WavHeader {
  rate: number
  channels: number
  kind: SampleKind
  /** Bytes of the samples; undefined where a recorder did not know them, and the samples end with the file. */
  bytes: number | undefined
}

/** A code of samples other than those that this reader knows: the file is whole, and ffmpeg reads it. */
export class UnknownWavCode extends Error {
  constructor(tag: number) {
    super(`WAV with the code 0x${tag.toString(16).padStart(4, '0')}`)
  }
}

/** Bytes of a fmt chunk at most: the largest known, of MPEG, has 46. */
const LARGEST_FORMAT = 4096

const EXTENSIBLE = 0xfffe
/** The last 14 bytes of the identifiers of an extensible format; the first two are a tag as elsewhere. */
const GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]

/** Sizes that recorders write which do not know the length: all ones, and that of sox. */
const UNKNOWN_SIZES = [0xffffffff, 0x7ffff000]

export const isWav = (head: Uint8Array): boolean =>
  ['RIFF', 'RF64', 'BW64'].includes(text(head, 0)) && text(head, 8) === 'WAVE'

/**
 * Reads a WAV file up to its first sample.
 * @throws GlassformerError ERR_AUDIO_FORMAT @throws UnknownWavCode
 */
export async function readWavHeader(reader: ByteReader): Promise<WavHeader> {
  if (!(await reader.has(12))) throw formatError('WAV', reader.held.length, 'the file ends within its header')
  const riff = reader.take(12).slice()
  const riffSize = view(riff).getUint32(4, true)
  let format: Omit<WavHeader, 'bytes'> | undefined
  let longSize: number | undefined // of the samples, in the ds64 chunk of files above 4 GB
  for (;;) {
    const at = reader.offset
    if (!(await reader.has(8)))
      throw formatError('WAV', at + reader.held.length, `the file ends before its ${format ? 'samples' : 'format'}`)
    const head = reader.take(8).slice()
    const name = text(head, 0)
    const size = view(head).getUint32(4, true)
    if (name === 'data') {
      if (!format) throw formatError('WAV', at, 'the samples come before their format')
      return { ...format, bytes: sampleBytes(size, riffSize, longSize) }
    }
    if (name === 'fmt ') format = readFormat(await wholeChunk(reader, name, size), at + 8)
    else if (name === 'ds64') longSize = longSizeOf(await wholeChunk(reader, name, size), at + 8)
    else if (!(await reader.skip(size)))
      throw formatError('WAV', at, `the chunk ${shownName(name)} of ${size} bytes reaches beyond the end of the file`)
    if (size % 2 === 1) await reader.skip(1)
  }
}

async function wholeChunk(reader: ByteReader, name: string, size: number): Promise<Uint8Array> {
  const at = reader.offset - 8
  if (size > LARGEST_FORMAT) throw formatError('WAV', at, `the chunk ${shownName(name)} has ${size} bytes`)
  if (!(await reader.has(size))) throw formatError('WAV', at, `the file ends within the chunk ${shownName(name)}`)
  return reader.take(size).slice()
}

function sampleBytes(size: number, riffSize: number, longSize: number | undefined): number | undefined {
  if (longSize !== undefined && size === 0xffffffff) return longSize
  const isUnfinished = size === 0 && (riffSize === 0 || UNKNOWN_SIZES.includes(riffSize))
  return isUnfinished || UNKNOWN_SIZES.includes(size) ? undefined : size
}

function longSizeOf(chunk: Uint8Array, at: number): number {
  if (chunk.length < 16) throw formatError('WAV', at, `the chunk 'ds64' has ${chunk.length} bytes instead of 28`)
  return Number(view(chunk).getBigUint64(8, true))
}

/** The format of the samples from the fmt chunk, whose first byte is at `at`. */
function readFormat(chunk: Uint8Array, at: number): Omit<WavHeader, 'bytes'> {
  if (chunk.length < 16)
    throw formatError('WAV', at, `the chunk 'fmt ' has ${chunk.length} bytes; at least 16 are needed`)
  const data = view(chunk)
  let tag = data.getUint16(0, true)
  const [channels, rate] = [data.getUint16(2, true), data.getUint32(4, true)]
  const [block, bits] = [data.getUint16(12, true), data.getUint16(14, true)]
  if (channels < 1 || channels > MOST_CHANNELS)
    throw formatError('WAV', at + 2, `${channels} channels; there must be 1 to ${MOST_CHANNELS}`)
  checkRate('WAV', at + 4, rate)
  if (tag === EXTENSIBLE) {
    if (chunk.length < 40) throw formatError('WAV', at, `an extensible format of ${chunk.length} bytes instead of 40`)
    tag = GUID_TAIL.every((byte, i) => chunk[26 + i] === byte) ? data.getUint16(24, true) : EXTENSIBLE
  }
  const codes: Record<number, SampleKind['code']> = { 1: 'integer', 3: 'float', 6: 'A-law', 7: 'µ-law' }
  const code = codes[tag]
  if (!code) throw new UnknownWavCode(tag)
  const width = block / channels
  const widths = { integer: [1, 2, 3, 4], float: [4, 8], 'A-law': [1], 'µ-law': [1] }[code]
  if (!widths.includes(width))
    throw formatError('WAV', at + 12, `a block of ${block} bytes for ${channels} channels is none of ${code} samples`)
  if (code === 'integer' ? bits < 1 || bits > 8 * width : bits !== 8 * width)
    throw formatError('WAV', at + 14, `${bits} bits do not fit a ${code} sample of ${width} bytes`)
  return { rate, channels, kind: { code, width } }
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const text = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))
const shownName = (name: string): string => `'${name.replace(/[^\x20-\x7e]/g, '?')}'`
