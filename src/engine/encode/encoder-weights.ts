import type { Encoding, Packing } from '../backend/interface/backend.ts'
import {
  answers,
  checkTextEncoder,
  distanceProducts,
  type TextEncoderConfig,
  textStates,
} from '../model/text-encoder/index.ts'
import type { Program } from '../program/program.ts'
import { declaredWeights, type PlayedWeight } from '../weights/parameters.ts'
import { PlacedWeights } from '../weights/placed-weights.ts'

/** All weights of an encoder in one SharedArrayBuffer; see `Weights`. */
export class EncoderWeights extends PlacedWeights {
  readonly config: TextEncoderConfig

  /** `recorded` is the `encoderWeights` of the configuration, for callers that have them. */
  constructor(
    config: TextEncoderConfig,
    encoding?: Encoding,
    store?: Float32Array | Packing['store'],
    recorded?: readonly PlayedWeight[],
  ) {
    checkTextEncoder(config, 'the configuration of the weights')
    super(recorded ?? encoderWeights(config), encoding, store)
    this.config = config
  }
}

/** Every weight of an encoder and its head, in memory order. */
export const encoderWeights = (config: TextEncoderConfig): PlayedWeight[] =>
  declaredWeights((p: Program) => {
    if (config.disentangled) distanceProducts(p, config, config.disentangled)
    const states = textStates(p, config)
    if (config.head) answers(p, states[config.layers], config.head, config)
  })
