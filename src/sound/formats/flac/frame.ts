import type { ByteReader } from '../byte-reader.ts'
import { formatError } from '../format-error.ts'
import type { SoundStream } from '../wav.ts'
import { BitReader, NeedsMore } from './bit-reader.ts'
import { readStreamInfo, type StreamInfo } from './stream-info.ts'

/** Bytes of a frame at most: one of 8 channels of 65,536 samples of 33 bits, stored as they are, has 2.2 million. */
const LARGEST_FRAME = 1 << 22
/** Bytes that are read before a frame of unknown size is tried. */
const FIRST_TRY = 1 << 14

/**
 * Opens a FLAC file of any block size, of 4 to 32 bits and of 1 to 8 channels. Checksums of frames are compared; the MD5
 * of the whole is not.
 * @throws GlassformerError ERR_AUDIO_FORMAT, here or while its samples are read
 */
export async function openFlac(reader: ByteReader): Promise<SoundStream> {
  const info = await readStreamInfo(reader)
  return { rate: info.rate, channels: info.channels, announced: info.samples, samples: frames(reader, info) }
}

async function* frames(reader: ByteReader, info: StreamInfo): AsyncGenerator<Float32Array, void, undefined> {
  let read = 0
  const { samples: announced = Number.POSITIVE_INFINITY } = info
  while (read < announced && (await reader.has(1))) {
    const { samples } = await nextFrame(reader, info)
    read += samples.length
    yield read > announced ? samples.subarray(0, samples.length - (read - announced)) : samples
  }
  if (read < announced && Number.isFinite(announced))
    throw formatError('FLAC', reader.offset, `the file is cut: it announces ${announced} samples and has ${read}`)
}

async function nextFrame(reader: ByteReader, info: StreamInfo): Promise<Frame> {
  const likely = info.largestFrame || FIRST_TRY
  for (let tried = Math.min(likely, LARGEST_FRAME); ; tried = Math.max(2 * tried, reader.held.length + 1)) {
    const isWhole = await reader.has(tried)
    try {
      const frame = readFrame(reader.held, info)
      reader.take(frame.bytes)
      return frame
    } catch (error) {
      if (error instanceof FrameFault) throw formatError('FLAC', reader.offset, error.message)
      if (!(error instanceof NeedsMore)) throw error
      if (!isWhole) throw formatError('FLAC', reader.offset, 'the file is cut within the frame that begins here')
      if (tried >= LARGEST_FRAME)
        throw formatError('FLAC', reader.offset, `a frame of more than ${LARGEST_FRAME} bytes`)
    }
  }
}

/** A fault of a frame; the file's place is added where the frame is read. */
export class FrameFault extends Error {}

/** Coefficients of the fixed predictors of order 0 to 4: of the sample before, of the one before that, … */
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]]

/**
 * Reads one channel of a frame (RFC 9639, 9.2) as whole numbers of at most `bits` bits. Numbers are doubles: the sums of
 * the longest predictor of 33 bits have 53.
 */
function readSubframe(reader: BitReader, samples: Float64Array, bits: number): void {
  if (reader.read(1)) throw new FrameFault('the first bit of a channel is not 0')
  const kind = reader.read(6)
  const wasted = reader.read(1) ? reader.readUnary() + 1 : 0
  const width = bits - wasted
  if (width < 1) throw new FrameFault(`${wasted} of ${bits} bits of a channel are said to be unused`)
  if (kind === 0) samples.fill(reader.readSigned(width))
  else if (kind === 1) for (let i = 0; i < samples.length; i++) samples[i] = reader.readSigned(width)
  else if (kind >= 8 && kind <= 12) predicted(reader, samples, width, kind - 8)
  else if (kind >= 32) predicted(reader, samples, width, kind - 31, true)
  else throw new FrameFault(`a channel is of the reserved kind ${kind}`)
  if (wasted > 0) for (let i = 0; i < samples.length; i++) samples[i] *= 2 ** wasted
}

/** Warm-up samples, then what each sample differs from its prediction by those before it. */
function predicted(reader: BitReader, samples: Float64Array, width: number, order: number, isOwn = false): void {
  if (order > samples.length)
    throw new FrameFault(`a predictor of order ${order} in a block of ${samples.length} samples`)
  for (let i = 0; i < order; i++) samples[i] = reader.readSigned(width)
  const { coefficients, shift } = isOwn ? ownPredictor(reader, order) : { coefficients: FIXED[order], shift: 0 }
  readResidual(reader, samples, order)
  const scale = 2 ** -shift
  for (let i = order; i < samples.length; i++) {
    let sum = 0
    for (let j = 0; j < order; j++) sum += coefficients[j] * samples[i - 1 - j]
    samples[i] += Math.floor(sum * scale)
  }
}

function ownPredictor(reader: BitReader, order: number): { coefficients: ArrayLike<number>; shift: number } {
  const precision = reader.read(4) + 1
  if (precision === 16) throw new FrameFault('a predictor of a reserved precision')
  const shift = reader.readSigned(5)
  if (shift < 0) throw new FrameFault('a predictor with a negative shift')
  return { coefficients: Float64Array.from({ length: order }, () => reader.readSigned(precision)), shift }
}

/** Rice codes in 2ⁿ partitions of equal size, each with a parameter, or numbers of a fixed width. */
function readResidual(reader: BitReader, samples: Float64Array, order: number): void {
  const method = reader.read(2)
  if (method > 1) throw new FrameFault(`residuals of the reserved method ${method}`)
  const parameterBits = 4 + method
  const partitions = 2 ** reader.read(4)
  const size = samples.length / partitions
  if (!Number.isInteger(size) || size < order)
    throw new FrameFault(`${partitions} partitions in a block of ${samples.length} samples`)
  for (let part = 0; part < partitions; part++) {
    const from = part === 0 ? order : part * size
    const parameter = reader.read(parameterBits)
    if (parameter === 2 ** parameterBits - 1) {
      const width = reader.read(5)
      for (let i = from; i < (part + 1) * size; i++) samples[i] = reader.readSigned(width)
    } else readRice(reader, samples.subarray(from, (part + 1) * size), parameter)
  }
}

function readRice(reader: BitReader, into: Float64Array, parameter: number): void {
  const scale = 2 ** parameter
  for (let i = 0; i < into.length; i++) {
    const folded = reader.readUnary() * scale + reader.read(parameter)
    into[i] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
  }
}

/** The checksum of the bits of a polynomial, the highest bit first, beginning with 0; a table of 256 remainders. */
function checksum(bits: number, polynomial: number): (bytes: Uint8Array) => number {
  const mask = 2 ** bits - 1
  const table = Uint16Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte << (bits - 8)
    for (let i = 0; i < 8; i++) remainder = (remainder << 1) ^ ((remainder >> (bits - 1)) & 1 ? polynomial : 0)
    return remainder & mask
  })
  return (bytes) => {
    let sum = 0
    for (const byte of bytes) sum = ((sum << 8) & mask) ^ table[(sum >> (bits - 8)) ^ byte]
    return sum
  }
}

/** Checksum of a frame's header: x⁸ + x² + x + 1. */
const crc8 = checksum(8, 0x07)
/** Checksum of a whole frame: x¹⁶ + x¹⁵ + x² + 1. */
const crc16 = checksum(16, 0x8005)

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
  if (!reader.align()) throw new FrameFault('the bits after the last channel are not 0')
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
