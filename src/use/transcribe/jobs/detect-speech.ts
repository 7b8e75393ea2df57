import { present } from '../../../base/present.ts'
import { melPeak } from '../../../sound/signal/log-mel.ts'
import type { SpeechDetector } from '../../../sound/speech/energy.ts'
import type { JobKind } from '../../../workers/jobs/job-kind.ts'
import { type Stretch, spectrogram } from './sound-window.ts'

/** The greatest value of a spectrogram. */
export const peak: JobKind<'peak', Stretch, number, never> = {
  kind: 'peak',
  run(worker, { contents, done }) {
    done([melPeak(spectrogram(contents, present(worker.model.config.sound).mels))])
  },
  cancel() {}, // done in one step
}

interface Contents {
  samples: Float32Array
  /** Whether a frame that is not full is filled up. */
  isLast: boolean
}

export type DetectSpeech = JobKind<'detectSpeech', Contents, Float32Array, never>

/**
 * The probability of speech of each frame of 512 samples. Pieces are independent, so that any worker may have any.
 * `newDetector` makes the detector of a piece.
 */
export const speechDetection = (newDetector: () => SpeechDetector): DetectSpeech => ({
  kind: 'detectSpeech',
  run(_, { contents: { samples, isLast }, done }) {
    const detector = newDetector()
    const found = detector.push(samples)
    done([isLast ? Float32Array.from([...found, ...detector.end()]) : found])
  },
  cancel() {}, // done in one step
})
