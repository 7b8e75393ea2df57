import type { Encoding, Packing } from '../backend/interface/backend.ts'
import { checkConfig, type ModelConfig } from '../model/config/config.ts'
import { type PlayedWeight, playedWeights } from './parameters.ts'
import { PlacedWeights } from './placed-weights.ts'

/**
 * All weights of a model in one SharedArrayBuffer, which every worker thread and both backends read in place.
 * `encoding` is the format of the matrices that programs multiply and embed with; everything else is float32 in rows.
 * Only a store in rows can be trained.
 */
export class Weights extends PlacedWeights {
  readonly config: ModelConfig

  /**
   * `store` holds the values, shared with another thread, or is a function that allocates this many zeros, which
   * `setRows` then fills.
   * `recorded` is the `playedWeights` of the configuration, for callers that have them.
   * @throws GlassformerError ERR_MODEL_FORMAT for a configuration that contradicts itself; ERR_OPTION; ERR_SHAPE
   */
  constructor(
    config: ModelConfig,
    encoding?: Encoding,
    store?: Float32Array | Packing['store'],
    recorded?: readonly PlayedWeight[],
  ) {
    checkConfig(config, 'the configuration of the weights')
    super(recorded ?? playedWeights(config), encoding, store)
    this.config = config
  }
}
