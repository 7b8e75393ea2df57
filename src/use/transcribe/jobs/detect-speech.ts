import { speechDetector } from '../../../sound/speech/detector.ts'
import type { JobKind } from '../../../workers/jobs/job-kind.ts'

interface Contents {
  samples: Float32Array
  /** Whether a frame that is not full is filled up. */
  isLast: boolean
}

/** The probability of speech of each frame of 512 samples. Pieces are independent, so that any worker may have any. */
export const detectSpeech: JobKind<'detectSpeech', Contents, Float32Array, never> = {
  kind: 'detectSpeech',
  run(_, { contents: { samples, isLast }, done }) {
    const detector = speechDetector()
    const found = detector.push(samples)
    done([isLast ? Float32Array.from([...found, ...detector.end()]) : found])
  },
  cancel() {}, // done in one step
}
