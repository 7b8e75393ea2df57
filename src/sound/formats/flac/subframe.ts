import type { BitReader } from './bit-reader.ts'

/** A fault of a frame; the file's place is added where the frame is read. */
export class FrameFault extends Error {}

/** Coefficients of the fixed predictors of order 0 to 4: of the sample before, of the one before that, … */
const FIXED = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]]

/**
 * Reads one channel of a frame (RFC 9639, 9.2) as whole numbers of at most `bits` bits. Numbers are doubles: the sums of
 * the longest predictor of 33 bits have 53.
 */
export function readSubframe(reader: BitReader, samples: Float64Array, bits: number): void {
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
