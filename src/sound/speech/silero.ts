import { GlassformerError } from '../../base/errors.ts'
import { Spectrum } from '../signal/spectrum.ts'

/** The tensors of Silero VAD v6, without the basis of its Fourier transform, in the order of their file. */
export const sileroShapes = {
  'conv.0.weight': [128, 129, 3],
  'conv.0.bias': [128],
  'conv.1.weight': [64, 128, 3],
  'conv.1.bias': [64],
  'conv.2.weight': [64, 64, 3],
  'conv.2.bias': [64],
  'conv.3.weight': [128, 64, 3],
  'conv.3.bias': [128],
  'lstm.input': [512, 128],
  'lstm.hidden': [512, 128],
  'lstm.bias': [1024],
  'output.weight': [1, 128],
  'output.bias': [1],
} as const

export type SileroWeights = Record<keyof typeof sileroShapes, Float32Array>

const sizes = Object.entries(sileroShapes).map(
  ([name, shape]) => [name, shape.reduce<number>((product, size) => product * size, 1)] as const,
)
const COUNT = sizes.reduce((sum, [, size]) => sum + size, 0)

/**
 * The weights of a file `weights.f24`: the upper 24 bits of float32 numbers, their first bytes, then their second and
 * their third ones. @throws GlassformerError ERR_MODEL_FORMAT for a file of another size
 */
export function sileroWeights(bytes: Uint8Array): SileroWeights {
  if (bytes.length !== 3 * COUNT)
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `the weights of voice detection have ${bytes.length} bytes, not ${3 * COUNT}`,
    )
  const bits = new Uint32Array(COUNT)
  for (let i = 0; i < COUNT; i++) bits[i] = (bytes[i] << 24) | (bytes[COUNT + i] << 16) | (bytes[2 * COUNT + i] << 8)
  const all = new Float32Array(bits.buffer)
  let end = 0
  const tensors = sizes.map(([name, size]) => {
    end += size
    return [name, all.subarray(end - size, end)]
  })
  return Object.fromEntries(tensors)
}

/** Samples at 16 kHz that one probability is for: 32 ms. */
export const SPEECH_FRAME = 512
/** Samples of the frame before that are heard again, and samples that are reflected at the end. */
const CONTEXT = 64
const WINDOW = 256
const HOP = 128
const STATE = 128
/** The convolutions: channels in and out, columns in and out. */
const LAYERS = [
  { inputs: 129, outputs: 128, stride: 1, columns: 4 },
  { inputs: 128, outputs: 64, stride: 2, columns: 2 },
  { inputs: 64, outputs: 64, stride: 2, columns: 1 },
  { inputs: 64, outputs: 128, stride: 1, columns: 1 },
] as const

/**
 * Silero VAD v6 for sound at 16 kHz, in plain TypeScript: a short-time Fourier transform of four windows a frame, four
 * convolutions and an LSTM, whose state goes on from frame to frame. About 10 ms of a CPU for a second of sound.
 */
export class Silero {
  readonly #weights: Record<keyof SileroWeights, Float64Array>
  readonly #spectrum = new Spectrum(WINDOW)
  readonly #power = new Float64Array(WINDOW / 2 + 1)
  /** The context, a frame, and the end reflected. */
  readonly #samples = new Float32Array(CONTEXT + SPEECH_FRAME + CONTEXT)
  #hidden = new Float64Array(STATE)
  readonly #cell = new Float64Array(STATE)
  #held = 0 // samples of the frame that is not full

  constructor(weights: SileroWeights) {
    const doubles = Object.entries(weights).map(([name, values]) => [name, Float64Array.from(values)])
    this.#weights = Object.fromEntries(doubles)
  }

  /** The probabilities of speech of the frames that these samples complete. */
  push(samples: Float32Array): Float32Array {
    const probabilities = new Float32Array(Math.floor((this.#held + samples.length) / SPEECH_FRAME))
    for (let at = 0, frame = 0; at < samples.length; ) {
      const count = Math.min(SPEECH_FRAME - this.#held, samples.length - at)
      this.#samples.set(samples.subarray(at, at + count), CONTEXT + this.#held)
      at += count
      this.#held += count
      if (this.#held === SPEECH_FRAME) probabilities[frame++] = this.#frame()
    }
    return probabilities
  }

  /** The probability of the last frame, which is filled up with silence. It may be all silence. */
  end(): Float32Array {
    return this.push(new Float32Array(SPEECH_FRAME - this.#held))
  }

  #frame(): number {
    const samples = this.#samples
    const end = CONTEXT + SPEECH_FRAME
    for (let i = 0; i < CONTEXT; i++) samples[end + i] = samples[end - 2 - i]
    const heard = this.#convolved(this.#magnitudes())
    samples.copyWithin(0, end - CONTEXT, end)
    this.#held = 0
    return this.#remembered(heard)
  }

  /** [columns + 2, channels]: the magnitudes of four windows, between two columns of zeros. */
  #magnitudes(): Float64Array {
    const { inputs, columns } = LAYERS[0]
    const magnitudes = new Float64Array((columns + 2) * inputs)
    for (let column = 0; column < columns; column++) {
      this.#spectrum.power(this.#samples, column * HOP, this.#power)
      for (let bin = 0; bin < inputs; bin++) magnitudes[(column + 1) * inputs + bin] = Math.sqrt(this.#power[bin])
    }
    return magnitudes
  }

  #convolved(x: Float64Array): Float64Array {
    const weights = this.#weights
    return LAYERS.reduce((input, { inputs, outputs, stride, columns }, layer) => {
      const name = `conv.${layer}` as 'conv.0'
      const output = new Float64Array((columns + 2) * outputs)
      const around = new Float64Array(3 * inputs)
      for (let column = 0; column < columns; column++) {
        for (let channel = 0, i = 0; channel < inputs; channel++)
          for (let k = 0; k < 3; k++, i++) around[i] = input[(column * stride + k) * inputs + channel]
        const into = output.subarray((column + 1) * outputs, (column + 2) * outputs)
        into.set(weights[`${name}.bias`])
        addProduct(into, weights[`${name}.weight`], around)
        for (let i = 0; i < outputs; i++) into[i] = Math.max(0, into[i])
      }
      return output
    }, x).subarray(STATE, 2 * STATE)
  }

  /** One step of the LSTM; gates lie in the order input, output, forget, cell. */
  #remembered(x: Float64Array): number {
    const weights = this.#weights
    const gates = weights['lstm.bias'].slice(0, 4 * STATE)
    for (let i = 0; i < gates.length; i++) gates[i] += weights['lstm.bias'][4 * STATE + i]
    addProduct(gates, weights['lstm.input'], x)
    addProduct(gates, weights['lstm.hidden'], this.#hidden)
    const hidden = new Float64Array(STATE)
    let logit = weights['output.bias'][0]
    for (let i = 0; i < STATE; i++) {
      const [input, output, forget] = [gates[i], gates[STATE + i], gates[2 * STATE + i]].map(sigmoid)
      this.#cell[i] = forget * this.#cell[i] + input * Math.tanh(gates[3 * STATE + i])
      hidden[i] = output * Math.tanh(this.#cell[i])
      logit += weights['output.weight'][i] * Math.max(0, hidden[i])
    }
    this.#hidden = hidden
    return sigmoid(logit)
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** y += W x for W [y.length, x.length], four rows at a time. */
function addProduct(y: Float64Array, weight: Float64Array, x: Float64Array): void {
  const width = x.length
  let row = 0
  for (; row + 3 < y.length; row += 4) {
    let [a, b, c, d] = [0, 0, 0, 0]
    const second = (row + 1) * width
    const third = second + width
    const fourth = third + width
    for (let i = 0, first = row * width; i < width; i++) {
      const value = x[i]
      a += value * weight[first + i]
      b += value * weight[second + i]
      c += value * weight[third + i]
      d += value * weight[fourth + i]
    }
    y[row] += a
    y[row + 1] += b
    y[row + 2] += c
    y[row + 3] += d
  }
  for (; row < y.length; row++) {
    let sum = 0
    for (let i = 0; i < width; i++) sum += x[i] * weight[row * width + i]
    y[row] += sum
  }
}
