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
