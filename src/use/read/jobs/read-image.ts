import { present } from '../../../base/present.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import { patchesOf } from '../../../engine/model/patches.ts'
import { type Processing, processed } from '../../../image/processing.ts'
import type { Pixels } from '../../../image/resize.ts'
import type { JobKind } from '../../../workers/jobs/job-kind.ts'
import { engineOf } from '../../translate/jobs/engine-of.ts'
import type { Alternative } from '../../translate/translation/translation.ts'

interface Contents {
  pixels: Pixels
  processing: Processing
  options: GenerationOptions
}

/** A text that a picture may have. */
export interface ReadText extends Pick<Alternative, 'text' | 'score' | 'ids' | 'tokenScores' | 'finishReason'> {
  /** The pieces of the vocabulary, one for each id; empty for models without a tokenizer. */
  tokens: string[]
}

export type ReadImage = JobKind<'readImage', Contents, ReadText[], never>

/** Reads one picture. */
export const readImage: ReadImage = {
  kind: 'readImage',
  prepare: engineOf,
  run(worker, { contents: { pixels, processing, options }, request, turn, acceptedAt, ...job }) {
    const { model, tokenizer } = worker
    const { ids, picture } = model.config
    const source = patchesOf(processed(pixels, processing), present(picture))
    engineOf(worker).generate({
      request,
      turn,
      acceptedAt,
      source,
      settings: { options, begin: [options.start ?? ids.start ?? -1] },
      fail: (error) => job.fail(error, { index: 0 }),
      done: (found) =>
        job.done([
          found.map(({ ids, score, tokenScores, finishReason }) => ({
            text: tokenizer?.decode(ids).trim() ?? '',
            tokens: tokenizer ? ids.map((id) => tokenizer.piece(id)) : [],
            score,
            ids,
            tokenScores,
            finishReason,
          })),
        ]),
    })
  },
  cancel: (worker, request) => engineOf(worker).cancel(request),
}
