import { BitReader } from './bit-reader.ts'
import { crc8, crc16 } from './crc.ts'
import type { StreamInfo } from './stream-info.ts'
import { FrameFault, readSubframe } from './subframe.ts'

/** A frame's sound: the mean of its channels, and how many bytes it took. */
export interface Frame {
  samples: Float32Array
  bytes: number
}

const RATES = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000]
const BITS = [0, 8, 12, undefined, 16, 20, 24, 32]

/** The four ways in which two channels are stored; more channels are stored one by one. */
type Pairing = 'apart' | 'left and side' | 'side and right' | 'middle and side'
const PAIRINGS: Pairing[] = ['left and side', 'side and right', 'middle and side']

/**
 * Decodes the frame with which `bytes` begin (RFC 9639, 9).
 * @throws NeedsMore where it goes on beyond them @throws FrameFault
 */
export function readFrame(bytes: Uint8Array, info: StreamInfo): Frame {
  const reader = new BitReader(bytes)
  const { count, channels, pairing } = readHeader(reader, info)
  const block = Array.from({ length: channels }, () => new Float64Array(count))
  block.forEach((samples, channel) => {
    const isSide = pairing === 'side and right' ? channel === 0 : pairing !== 'apart' && channel === 1
    readSubframe(reader, samples, info.bits + (isSide ? 1 : 0))
  })
  if (!reader.align()) throw new FrameFault('the bits behind the last channel are not 0')
  const end = reader.place
  if (reader.read(16) !== crc16(bytes.subarray(0, end))) throw new FrameFault('the checksum of the frame is wrong')
  return { samples: mean(block, pairing, 2 ** (info.bits - 1)), bytes: end + 2 }
}

function readHeader(reader: BitReader, info: StreamInfo): { count: number; channels: number; pairing: Pairing } {
  if (reader.read(15) !== 0x7ffc) throw new FrameFault('no frame begins here')
  reader.read(1) // whether blocks vary in size: their numbers, which are not needed, count frames or samples
  const [countCode, rateCode, pairCode, bitsCode] = [reader.read(4), reader.read(4), reader.read(4), reader.read(3)]
  if (reader.read(1)) throw new FrameFault('a reserved bit of the frame is not 0')
  passNumber(reader)
  const count = readCount(reader, countCode)
  const rate = readRate(reader, rateCode) || info.rate
  const end = reader.place
  if (reader.read(8) !== crc8(reader.bytes.subarray(0, end)))
    throw new FrameFault("the checksum of the frame's header is wrong")
  const bits = BITS[bitsCode]
  if (bits === undefined) throw new FrameFault('samples of a reserved width')
  if (pairCode > 10) throw new FrameFault('channels of a reserved arrangement')
  const channels = pairCode < 8 ? pairCode + 1 : 2
  if (rate !== info.rate || (bits || info.bits) !== info.bits || channels !== info.channels)
    throw new FrameFault(
      `the frame is of ${rate} Hz, ${bits || info.bits} bits and ${channels} channels, the stream is not`,
    )
  return { count, channels, pairing: pairCode < 8 ? 'apart' : PAIRINGS[pairCode - 8] }
}

/** The number of a frame or sample, coded as UTF-8 codes characters, in up to 7 bytes. */
function passNumber(reader: BitReader): void {
  const first = reader.read(8)
  const more = Math.clz32(~(first << 24)) - 1
  if (more === 0 || first === 0xff) throw new FrameFault('the number of the frame is damaged')
  for (let i = 0; i < more; i++)
    if (reader.read(8) >> 6 !== 2) throw new FrameFault('the number of the frame is damaged')
}

function readCount(reader: BitReader, code: number): number {
  if (code === 0) throw new FrameFault('a block of a reserved size')
  if (code === 1) return 192
  if (code < 6) return 144 * 2 ** code
  if (code === 6) return reader.read(8) + 1
  return code === 7 ? reader.read(16) + 1 : 2 ** code
}

function readRate(reader: BitReader, code: number): number {
  if (code === 15) throw new FrameFault('a rate that is not valid')
  if (code < 12) return RATES[code]
  return code === 12 ? reader.read(8) * 1000 : reader.read(16) * (code === 13 ? 1 : 10)
}

/** The mean of the channels, from −1 to 1. */
function mean(block: Float64Array[], pairing: Pairing, full: number): Float32Array {
  const [first, second] = block
  const samples = new Float32Array(first.length)
  for (let i = 0; i < samples.length; i++) {
    let sum = 0
    if (pairing === 'apart') for (const channel of block) sum += channel[i]
    else if (pairing === 'left and side') sum = 2 * first[i] - second[i]
    else if (pairing === 'side and right') sum = 2 * second[i] + first[i]
    else sum = 2 * first[i] + Math.abs(second[i] % 2) // of left + right, the last bit is that of left − right
    samples[i] = sum / (full * block.length)
  }
  return samples
}
