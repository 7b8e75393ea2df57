import { present } from '../../../base/present.ts'
import { type HeardWindow, SampleFront, WindowTranscriber } from '../../../engine/speech/index.ts'
import { melPeak, normalizeMel } from '../../../sound/signal/log-mel.ts'
import type { JobKind, WorkerContext, WorkerPart } from '../../../workers/jobs/job-kind.ts'
import { engineOf } from '../../translate/jobs/engine-of.ts'
import { type Heard, samplesOf, spectrogram, type WindowToHear } from './sound-window.ts'

/** How many bytes zlib makes of these, at its usual level: a text that repeats itself becomes short. */
type DeflatedLength = (bytes: Uint8Array) => number

/** The transcriber of a worker's windows. The engine takes its steps. */
class WindowPart implements WorkerPart {
  readonly busy = false
  readonly transcriber: WindowTranscriber
  /** Null for a model that hears spectrograms. */
  readonly front: SampleFront | null

  constructor({ model, tokenizer, player }: WorkerContext, deflatedLength: DeflatedLength) {
    const compressionRatio = (ids: readonly number[]) => {
      const bytes = new TextEncoder().encode((tokenizer?.decode(ids) ?? '').trim())
      return bytes.length ? bytes.length / deflatedLength(bytes) : 0
    }
    this.transcriber = new WindowTranscriber(model.config, { compressionRatio })
    this.front = model.config.sound?.front === 'samples' ? new SampleFront(player, model.weights) : null
  }

  step(): void {}
}

export type Hear = JobKind<'hear', WindowToHear, Heard, never>

/** Writes down one window of sound. */
export const hearing = (deflatedLength: DeflatedLength): Hear => {
  const newPart = (worker: WorkerContext) => new WindowPart(worker, deflatedLength)
  return {
    kind: 'hear',
    prepare: engineOf,
    run(worker, { contents: { samples, skip, frames, peak, settings }, request, turn, acceptedAt, ...job }) {
      const { mels, positions } = present(worker.model.config.sound)
      const { transcriber, front } = worker.part(newPart)
      const stretch = { samples, skip, frames }
      let reached = peak ?? 0
      let features: Float32Array
      if (front) features = front.frames(samplesOf(stretch))
      else {
        const sound = spectrogram(stretch, mels)
        reached = Math.max(peak ?? -Infinity, melPeak(sound))
        features = new Float32Array(2 * positions * mels)
        features.set(normalizeMel(sound, reached))
      }
      const done = (heard: HeardWindow) => job.done([{ ...heard, peak: reached }])
      const fail = (error: unknown) => job.fail(error, { index: 0 })
      const window = { features, frames, settings, done }
      engineOf(worker).run(transcriber.sentence(window, { request, turn, acceptedAt, fail }))
    },
    cancel: (worker, request) => engineOf(worker).cancel(request),
  }
}
