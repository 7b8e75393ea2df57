/** The worker of a page that translates. */

import { loadTokenizer } from '../../files/folders/tokenizers/load-tokenizer.ts'
import { score, trace, translate } from '../translate/for-web-worker.ts'
import { modelInfo } from '../translate/options/model-info.ts'
import { readModel } from './loading/read-model.ts'
import { work } from './work.ts'

work('translate', {
  kinds: () => ({
    translate: async () => translate,
    score: async () => score,
    trace: async () => trace,
  }),
  async open(...given) {
    const { model, cache } = await readModel(...given)
    const tokenizer = await loadTokenizer(model.tokenizer)
    return { model, tokenizer, precision: model.weights.numberFormat, description: modelInfo(model), cache }
  },
})
