import { deflateSync } from 'node:zlib'
import { type HeardWindow, Hearing, type Shared } from '../../../engine/speech/index.ts'
import type { LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { LogMel, melPeak, normalizeMel } from '../../../sound/signal/log-mel.ts'
import type { Engine } from '../sentences/engine.ts'
import type { Heard, Stretch, WindowToHear } from './sound-window.ts'

/** Hears windows of sound with the engine of a worker. */
export class HearJobs {
  readonly #model: LoadedModel
  readonly #tokenizer: Tokenizer | null
  readonly #engine: Engine
  /** Created on first use. */
  #hearing: Hearing | null = null

  constructor(model: LoadedModel, tokenizer: Tokenizer | null, engine: Engine) {
    this.#model = model
    this.#tokenizer = tokenizer
    this.#engine = engine
  }

  /** Queues a window; `done` is called by a later step of the engine. */
  add({ samples, skip, frames, peak, settings }: WindowToHear, shared: Shared, done: (heard: Heard) => void): void {
    const { mels, positions } = this.#model.config.sound!
    const sound = spectrogram({ samples, skip, frames }, mels)
    const reached = Math.max(peak ?? -Infinity, melPeak(sound))
    const features = new Float32Array(2 * positions * mels)
    features.set(normalizeMel(sound, reached))
    this.#hearing ??= new Hearing(this.#model.config, { compressionRatio: (ids) => this.#ratioOf(ids) })
    const window = { features, frames, settings, done: (heard: HeardWindow) => done({ ...heard, peak: reached }) }
    this.#engine.run(this.#hearing.sentence(window, shared))
  }

  /** The greatest value of a spectrogram. */
  peakOf(stretch: Stretch): number {
    return melPeak(spectrogram(stretch, this.#model.config.sound!.mels))
  }

  #ratioOf(ids: readonly number[]): number {
    const bytes = Buffer.from((this.#tokenizer?.decode(ids) ?? '').trim())
    return bytes.length ? bytes.length / deflateSync(bytes).length : 0
  }
}

/** The frames that count, [frames, mels], not yet normalized. */
function spectrogram({ samples, skip, frames }: Stretch, mels: number): Float32Array {
  const stream = new LogMel(mels)
  const [first, last] = [stream.push(samples), stream.end()]
  const all = new Float32Array(first.length + last.length)
  all.set(first)
  all.set(last, first.length)
  return all.slice(skip * mels, (skip + frames) * mels)
}
