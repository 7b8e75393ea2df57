import { deflateSync } from 'node:zlib'
import { present } from '../../../base/present.ts'
import { type HeardWindow, WindowTranscriber } from '../../../engine/speech/index.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { melPeak, normalizeMel } from '../../../sound/signal/log-mel.ts'
import type { JobKind, WorkerContext, WorkerPart } from '../../../workers/jobs/job-kind.ts'
import { engineOf } from '../../translate/jobs/engine-of.ts'
import { type Heard, spectrogram, type WindowToHear } from './sound-window.ts'

/** The transcriber of a worker's windows. The engine takes its steps. */
class WindowPart implements WorkerPart {
  readonly busy = false
  readonly transcriber: WindowTranscriber

  constructor({ model, tokenizer }: WorkerContext) {
    this.transcriber = new WindowTranscriber(model.config, {
      compressionRatio: (ids) => compressionRatio(tokenizer, ids),
    })
  }

  step(): void {}
}

const newPart = (worker: WorkerContext) => new WindowPart(worker)

/** Writes down one window of sound. */
export const hear: JobKind<'hear', WindowToHear, Heard, never> = {
  kind: 'hear',
  prepare: engineOf,
  run(worker, { contents: { samples, skip, frames, peak, settings }, request, turn, acceptedAt, ...job }) {
    const { mels, positions } = present(worker.model.config.sound)
    const sound = spectrogram({ samples, skip, frames }, mels)
    const reached = Math.max(peak ?? -Infinity, melPeak(sound))
    const features = new Float32Array(2 * positions * mels)
    features.set(normalizeMel(sound, reached))
    const done = (heard: HeardWindow) => job.done([{ ...heard, peak: reached }])
    const fail = (error: unknown) => job.fail(error, { index: 0 })
    const { transcriber } = worker.part(newPart)
    const window = { features, frames, settings, done }
    engineOf(worker).run(transcriber.sentence(window, { request, turn, acceptedAt, fail }))
  },
  cancel: (worker, request) => engineOf(worker).cancel(request),
}

function compressionRatio(tokenizer: Tokenizer | null, ids: readonly number[]): number {
  const bytes = Buffer.from((tokenizer?.decode(ids) ?? '').trim())
  return bytes.length ? bytes.length / deflateSync(bytes).length : 0
}
