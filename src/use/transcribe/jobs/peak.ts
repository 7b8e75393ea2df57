import { melPeak } from '../../../sound/signal/log-mel.ts'
import type { JobKind } from '../../../workers/jobs/job-kind.ts'
import { type Stretch, spectrogram } from './sound-window.ts'

/** The greatest value of a spectrogram. */
export const peak: JobKind<'peak', Stretch, number, never> = {
  kind: 'peak',
  run(worker, { contents, done }) {
    done([melPeak(spectrogram(contents, worker.model.config.sound!.mels))])
  },
  cancel() {}, // done in one step
}
