import type { ByteReader } from '../byte-reader.ts'
import { formatError } from '../format-error.ts'
import type { SoundStream } from '../wav.ts'
import { NeedsMore } from './bit-reader.ts'
import { type Frame, readFrame } from './frame.ts'
import { readStreamInfo, type StreamInfo } from './stream-info.ts'
import { FrameFault } from './subframe.ts'

/** Bytes of a frame at most: one of 8 channels of 65,536 samples of 33 bits, stored as they are, has 2.2 million. */
const LARGEST_FRAME = 1 << 22
/** Bytes that are read before a frame of unknown size is tried. */
const FIRST_TRY = 1 << 14

/**
 * Opens a FLAC file of any block size, of 4 to 32 bits and of 1 to 8 channels. Checksums of frames are compared; the MD5
 * of the whole is not.
 * @throws GlassformerError ERR_AUDIO_FORMAT, here or while its samples are read
 */
export async function openFlac(reader: ByteReader): Promise<SoundStream> {
  const info = await readStreamInfo(reader)
  return { rate: info.rate, channels: info.channels, announced: info.samples, samples: frames(reader, info) }
}

async function* frames(reader: ByteReader, info: StreamInfo): AsyncGenerator<Float32Array, void, undefined> {
  let read = 0
  const { samples: announced = Number.POSITIVE_INFINITY } = info
  while (read < announced && (await reader.has(1))) {
    const { samples } = await nextFrame(reader, info)
    read += samples.length
    yield read > announced ? samples.subarray(0, samples.length - (read - announced)) : samples
  }
  if (read < announced && Number.isFinite(announced))
    throw formatError('FLAC', reader.offset, `the file is cut: it announces ${announced} samples and has ${read}`)
}

async function nextFrame(reader: ByteReader, info: StreamInfo): Promise<Frame> {
  const likely = info.largestFrame || FIRST_TRY
  for (let tried = Math.min(likely, LARGEST_FRAME); ; tried = Math.max(2 * tried, reader.held.length + 1)) {
    const isWhole = await reader.has(tried)
    try {
      const frame = readFrame(reader.held, info)
      reader.take(frame.bytes)
      return frame
    } catch (error) {
      if (error instanceof FrameFault) throw formatError('FLAC', reader.offset, error.message)
      if (!(error instanceof NeedsMore)) throw error
      if (!isWhole) throw formatError('FLAC', reader.offset, 'the file is cut within the frame that begins here')
      if (tried >= LARGEST_FRAME)
        throw formatError('FLAC', reader.offset, `a frame of more than ${LARGEST_FRAME} bytes`)
    }
  }
}
