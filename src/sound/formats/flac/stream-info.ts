import { present } from '../../../base/present.ts'
import type { ByteReader } from '../byte-reader.ts'
import { checkRate, formatError } from '../format-error.ts'

/** The description of the sound in the first block of a FLAC file (RFC 9639, 8.2). */
export interface StreamInfo {
  rate: number
  channels: number
  /** Bits of a sample. */
  bits: number
  /** Samples of each channel; undefined where the encoder did not know. */
  samples: number | undefined
  /** Bytes of the largest frame; 0 where the encoder did not know. */
  largestFrame: number
}

export const isFlac = (head: Uint8Array): boolean => String.fromCharCode(...head.subarray(0, 4)) === 'fLaC'

/** Reads a FLAC file up to its first frame. @throws GlassformerError ERR_AUDIO_FORMAT */
export async function readStreamInfo(reader: ByteReader): Promise<StreamInfo> {
  if (!(await reader.has(4))) throw formatError('FLAC', reader.held.length, 'the file ends within its first word')
  reader.take(4)
  let info: StreamInfo | undefined
  for (let isLast = false; !isLast; ) {
    const at = reader.offset
    if (!(await reader.has(4))) throw formatError('FLAC', at, 'the file ends before its first frame')
    const [kind, ...size] = reader.take(4)
    const bytes = (size[0] << 16) | (size[1] << 8) | size[2]
    isLast = kind >= 0x80
    if (!info && (kind & 0x7f) !== 0) throw formatError('FLAC', at, 'the first block does not describe the stream')
    if (!info) info = await readInfo(reader, bytes)
    else if (!(await reader.skip(bytes)))
      throw formatError('FLAC', at, `a block of ${bytes} bytes reaches beyond the end of the file`)
  }
  return present(info)
}

async function readInfo(reader: ByteReader, size: number): Promise<StreamInfo> {
  const at = reader.offset
  if (size !== 34) throw formatError('FLAC', at - 3, `the description of the stream has ${size} bytes instead of 34`)
  if (!(await reader.has(34))) throw formatError('FLAC', at, 'the file ends within the description of the stream')
  const block = reader.take(34)
  const data = new DataView(block.buffer, block.byteOffset, 34)
  const word = data.getUint32(10)
  const rate = word >>> 12
  checkRate('FLAC', at + 10, rate)
  const bits = ((data.getUint16(12) >> 4) & 31) + 1
  if (bits < 4) throw formatError('FLAC', at + 12, `${bits} bits a sample; there must be 4 to 32`)
  const samples = (data.getUint8(13) & 15) * 2 ** 32 + data.getUint32(14)
  return {
    rate,
    channels: ((word >> 9) & 7) + 1,
    bits,
    samples: samples || undefined,
    largestFrame: (data.getUint8(7) << 16) | data.getUint16(8),
  }
}
