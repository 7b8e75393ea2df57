/** Sound that is being read: one channel, the mean of those of its source. */
export interface SoundStream {
  /** Samples a second. */
  rate: number
  /** Channels of the source. */
  channels: number
  /** Samples that the source announces, of each channel; undefined where it does not say. */
  announced?: number
  /** The samples in pieces, from −1 to 1. Each piece is a new array. */
  samples: AsyncIterable<Float32Array>
  /** Closes the source of a sound of which nothing more is read. */
  close?(): Promise<void>
}
