import type { HeardWindow, WindowSettings } from '../../../engine/speech/index.ts'
import { LogMel } from '../../../sound/signal/log-mel.ts'

/** Samples at 16 kHz, and the frames of their spectrogram that count. */
export interface Stretch {
  samples: Float32Array
  /** Frames at the begin that only lead to those that count. */
  skip: number
  /** How many frames count. */
  frames: number
}

/** Samples from one frame of a spectrogram to the next. */
export const HOP = 160

/** How far samples must reach beyond the frames that count, on both sides, so that frames are whole. */
export const MARGIN = 2 * HOP

/** A window of sound as it is sent to a worker. */
export interface WindowToHear extends Stretch {
  /** The greatest value that is known of the sound's spectrogram, which this window's own may exceed; null: none. */
  peak: number | null
  settings: WindowSettings
}

/** A transcript, and the greatest value of the spectrogram so far. */
export interface Heard extends HeardWindow {
  peak: number
}

/** The samples of the frames that count. */
export const samplesOf = ({ samples, skip, frames }: Stretch): Float32Array =>
  samples.subarray(skip * HOP, (skip + frames) * HOP)

/** The frames that count, [frames, mels], not yet normalized. */
export function spectrogram({ samples, skip, frames }: Stretch, mels: number): Float32Array {
  const stream = new LogMel(mels)
  const [first, last] = [stream.push(samples), stream.end()]
  const all = new Float32Array(first.length + last.length)
  all.set(first)
  all.set(last, first.length)
  return all.slice(skip * mels, (skip + frames) * mels)
}
