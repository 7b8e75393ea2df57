/** Sound as Whisper hears it: one channel, 16,000 samples a second. */
export interface Sound {
  /** The name of the sound in messages: its path, or 'the sound'. */
  name: string
  /** Its length where it is known before it is read. */
  seconds: number | undefined
  /** Whether `samples` may be called more than once. A stream can be read once. */
  isReplayable: boolean
  /**
   * The samples in pieces, from −1 to 1. Pieces that are not asked for are not read. Ending the iteration early closes
   * the file. @throws GlassformerError ERR_AUDIO_FORMAT, ERR_FFMPEG, ERR_FILE while they are read
   */
  samples(): AsyncGenerator<Float32Array, void, undefined>
}

/** Samples in memory, of one channel. */
export interface RawSound {
  samples: Float32Array
  /** Samples a second. Default: 16000. */
  sampleRate?: number
}

/** The part of the Web Audio API's AudioBuffer that is read. */
export interface AudioBufferLike {
  readonly numberOfChannels: number
  readonly sampleRate: number
  getChannelData(channel: number): Float32Array
}

/**
 * Sound as callers have it: the path or `file:` URL of a file, its bytes, a Blob or File, samples at 16 kHz or with
 * their rate, an AudioBuffer, or a stream of bytes of a file or of samples (Float32Array) at 16 kHz.
 */
export type SoundInput =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | Float32Array
  | RawSound
  | AudioBufferLike
  | ReadableStream<Uint8Array | Float32Array>
  | AsyncIterable<Uint8Array | Float32Array>
