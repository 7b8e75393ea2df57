import { formatError } from './format-error.ts'

// The 256 values of the two logarithmic codes of telephony (ITU-T G.711), as samples from −1 to 1.

const table = (sampleOf: (code: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, code) => sampleOf(code) / 32768)

/** A-law: even bits inverted; sign, 3 bits of exponent, 4 bits of mantissa. */
const aLaw = table((code) => {
  const bits = code ^ 0x55
  const exponent = (bits >> 4) & 7
  const mantissa = ((bits & 15) << 4) + 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
})

/** µ-law: all bits inverted, and a bias of 132 on the magnitude. */
const muLaw = table((code) => {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132
  return bits & 0x80 ? -magnitude : magnitude
})

/** How a sample lies in a WAV file: its code, and its bytes. Integers of 1 byte are unsigned. */
export interface SampleKind {
  code: 'integer' | 'float' | 'A-law' | 'µ-law'
  width: number
}

/** Samples beyond this are garbage: full scale is 1, and that of floats which hold integers 2³¹ at most. */
const LARGEST_SAMPLE = 2 ** 32

/**
 * Decodes whole blocks, one sample of each channel, to the mean of their channels. `at` is the place of the bytes in
 * the file. @throws GlassformerError ERR_AUDIO_FORMAT for a float that is no number
 */
export function decodeBlocks(bytes: Uint8Array, channels: number, kind: SampleKind, at: number): Float32Array {
  const read = readerOf(kind, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const block = channels * kind.width
  const samples = new Float32Array(bytes.length / block)
  for (let i = 0, place = 0; i < samples.length; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++, place += kind.width) sum += read(place)
    samples[i] = sum / channels
    if (!(Math.abs(sum) <= LARGEST_SAMPLE)) throw wrongSample(i * block, sum, at)
  }
  return samples
}

const wrongSample = (place: number, sum: number, at: number) =>
  formatError(
    'WAV',
    at + place,
    `a sample is ${Number.isNaN(sum) ? 'not a number' : `${sum}, beyond what sound can be`}`,
  )

function readerOf({ code, width }: SampleKind, data: DataView): (place: number) => number {
  if (code === 'A-law') return (place) => aLaw[data.getUint8(place)]
  if (code === 'µ-law') return (place) => muLaw[data.getUint8(place)]
  if (code === 'float')
    return width === 4 ? (place) => data.getFloat32(place, true) : (place) => data.getFloat64(place, true)
  switch (width) {
    case 1:
      return (place) => (data.getUint8(place) - 128) / 128
    case 2:
      return (place) => data.getInt16(place, true) / 32768
    case 3:
      return (place) => (data.getUint8(place) + (data.getInt16(place + 1, true) << 8)) / 8388608
    default:
      return (place) => data.getInt32(place, true) / 2147483648
  }
}
