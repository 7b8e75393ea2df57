import type { Mapping, Player } from '../../../engine/backend/interface/backend.ts'
import { EncoderWeights } from '../../../engine/encode/index.ts'
import { wantsPanels } from '../../../engine/weights/precision.ts'
import { loadEncoder } from '../../../files/folders/encoders/load-encoder.ts'
import type { EncoderDescription, LoadedEncoder } from '../../../files/folders/encoders/read-encoder-folder.ts'
import type { SharedModel, WorkerStart } from '../../../workers/threads/messages.ts'
import { valuesOf } from '../../../workers/threads/shared-model.ts'
import type { OpenedModel } from '../../../workers/threads/worker-loop.ts'

/** An encoder as it is sent between threads: everything is copied except the weights. */
export interface SharedEncoder extends EncoderDescription {
  weights: SharedModel['weights']
}

/** Loads an encoder in a worker, or has it as another worker has loaded it. */
export function openEncoder({ model, options }: WorkerStart, player: Player): OpenedModel<LoadedEncoder> {
  const { precision } = options
  const loaded =
    typeof model === 'string'
      ? loadEncoder(model, { precision, panels: wantsPanels(player.info), packing: player.packing })
      : fromShared(model as unknown as SharedEncoder, player.mapping)
  const { weights, ...description } = loaded
  const memory = player.home ?? (weights.values.buffer as SharedArrayBuffer)
  const { byteOffset: offset, length } = weights.values
  const shared = {
    ...description,
    weights: { encoding: weights.encoding, memory, offset, length },
  } satisfies SharedEncoder
  return { model: loaded, tokenizer: null, precision: weights.numberFormat, shared: shared as unknown as SharedModel }
}

const fromShared = ({ weights, ...description }: SharedEncoder, mapping?: Mapping): LoadedEncoder => ({
  ...description,
  weights: new EncoderWeights(description.config, weights.encoding, valuesOf(weights, mapping)),
})
