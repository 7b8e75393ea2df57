import { present } from '../../base/present.ts'
import { LogMel, melPeak, normalizeMel } from '../../sound/signal/log-mel.ts'
import type { Heard, Stretch } from './jobs/sound-window.ts'
import type { SpeechModel } from './window-settings.ts'

/** A token of a transcript, and when it is spoken. */
export interface ListenedToken {
  text: string
  /** Seconds from the begin of the window. */
  start: number
  end: number
  /** Its probability among all of text. */
  probability: number
}

/** How a model has listened to one window of sound: what it heard, and where in the sound it looked for each token. */
export interface Listening {
  language: string
  /** Seconds of sound. */
  duration: number
  /** The samples at 16 kHz. */
  samples: Float32Array
  /** The spectrogram [frames, mels], as the model takes it; a frame is 0.01 s. */
  spectrogram: Float32Array
  frames: number
  mels: number
  tokens: ListenedToken[]
  /** [tokens + 1, states]: the attention of the alignment heads, normalized and smoothed; the last row is for the end. */
  attention: Float32Array
  /** States of the encoder, 0.02 s each. */
  states: number
  /** The path through the attention from which the times come, cell by cell. */
  path: { token: number; state: number }[]
}

/** The transcript of one window, with the attention that was kept. */
export function listeningOf(stretch: Stretch, heard: Heard, { config, ids, text }: SpeechModel): Listening {
  const { mels } = present(config.sound)
  const { frames } = stretch
  const stream = new LogMel(mels)
  const begun = stream.push(stretch.samples)
  const spectrogram = begun.slice(stretch.skip * mels, (stretch.skip + frames) * mels)
  const told = heard.segments.flatMap(({ tokens }) => tokens).filter((id) => id < ids.end)
  const { seen, times = [], probabilities = [] } = heard.alignment ?? {}
  return {
    language: heard.language,
    duration: frames / 100,
    samples: stretch.samples.slice(stretch.skip * 160, (stretch.skip + frames) * 160),
    spectrogram: normalizeMel(spectrogram, Math.max(melPeak(spectrogram), heard.peak)),
    frames,
    mels,
    tokens: told.map((id, i) => ({
      text: text.decode([id]),
      start: times[i] ?? 0,
      end: times[i + 1] ?? times[i] ?? 0,
      probability: probabilities[i] ?? 0,
    })),
    attention: seen?.attention ?? new Float32Array(0),
    states: seen?.states ?? 0,
    path: seen ? Array.from(seen.path.rows, (token, i) => ({ token, state: seen.path.columns[i] })) : [],
  }
}
