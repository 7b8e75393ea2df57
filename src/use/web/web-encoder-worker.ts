/** The worker of a page that encodes texts. */

import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import { encodeTexts } from '../encode/worker/encode-texts.ts'
import { readPlacedEncoder } from './loading/read-model.ts'
import { work } from './work.ts'

work('encode', {
  kinds: () => ({ encodeTexts: async () => encodeTexts }),
  async open(...given) {
    const { model, cache } = await readPlacedEncoder(...given)
    const { weights, ...description } = model
    // Jobs of this kind take the model of the worker for an encoder.
    const opened = model as unknown as LoadedModel
    return { model: opened, tokenizer: null, precision: weights.numberFormat, description, cache }
  },
})
