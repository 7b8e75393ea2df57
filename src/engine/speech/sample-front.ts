import type { Player } from '../backend/interface/backend.ts'
import { placesOf, SAMPLES, sampleWeights } from '../model/stack/source-inputs.ts'
import { LoadedProgram } from '../program/loaded.ts'
import { activation } from '../program/ops/activation.ts'
import { linear } from '../program/ops/linear.ts'
import { Program } from '../program/program.ts'
import type { Weights } from '../weights/weights.ts'

const EPSILON = 1e-5

/** The fewest samples of which an encoder makes a state. */
const FEWEST = SAMPLES.taps + 12 * SAMPLES.stride

/**
 * Makes the frames of a sound for a model that hears samples: their convolution after tanh, and the norm over all numbers of a sound (group
 * norm of one group, Wu and He 2018). It is no part of the encoder's program, whose instructions see rows and not a sound as a whole.
 */
export class SampleFront {
  readonly #weights: Weights
  readonly #program: LoadedProgram

  constructor(player: Player, weights: Weights) {
    const p = new Program('samples', weights)
    const x = p.input('samples', 'F', SAMPLES.taps)
    const frames = p.within('encoder', () => {
      const [made] = linear(p, { x, weight: sampleWeights(p, weights.config) }, { activation: 'none', scale: 1 })
      return activation(p, { x: made }, { activation: 'tanh' })[0]
    })
    p.output(frames, 'frames')
    this.#weights = weights
    this.#program = new LoadedProgram(player, p)
  }

  /** The frames [frames, dModel] of samples at 16 kHz; after a sound of less than 0.06 s there is silence. */
  frames(given: Float32Array): Float32Array {
    const { taps, stride } = SAMPLES
    const { dModel } = this.#weights.config
    const samples = new Float32Array(Math.max(FEWEST, given.length))
    samples.set(given)
    const F = placesOf(SAMPLES, samples.length)
    const places = new Float32Array(F * taps)
    for (let i = 0; i < F; i++) places.set(samples.subarray(i * stride, i * stride + taps), i * taps)
    const frames = new Float32Array(F * dModel)
    this.#program.play({ F }, { samples: places, frames })
    this.#normalize(frames)
    return frames
  }

  #normalize(frames: Float32Array): void {
    const [gain, bias] = ['weight', 'bias'].map((name) => this.#weights.get(`encoder.groupNorm.${name}`))
    const { length } = frames
    const mean = frames.reduce((sum, value) => sum + value, 0) / length
    const deviation = Math.sqrt(frames.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length + EPSILON)
    for (let i = 0; i < length; i++) {
      const channel = i % gain.length
      frames[i] = ((frames[i] - mean) / deviation) * gain[channel] + bias[channel]
    }
  }
}
