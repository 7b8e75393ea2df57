/** The worker of a page that hears. */

import { deflate } from 'pako'
import { loadTokenizer } from '../../files/folders/tokenizers/load-tokenizer.ts'
import { peak, speechDetection } from '../transcribe/jobs/detect-speech.ts'
import { hearing } from '../transcribe/jobs/hear.ts'
import { readModel } from './loading/read-model.ts'
import { pageDetector } from './page-detector.ts'
import { work } from './work.ts'

work('hear', {
  kinds: ({ detector }) => ({
    hear: async () => hearing((bytes) => deflate(bytes).length),
    peak: async () => peak,
    detectSpeech: async () => speechDetection(await pageDetector(detector)),
  }),
  async open(...given) {
    const { model, cache } = await readModel(...given)
    const { weights, ...rest } = model
    const tokenizer = await loadTokenizer(model.tokenizer)
    const description = { ...rest, weights: { encoding: weights.encoding } }
    return { model, tokenizer, precision: weights.numberFormat, description, cache }
  },
})
