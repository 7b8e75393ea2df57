import type { ByteReader } from './byte-reader.ts'
import { formatError } from './format-error.ts'
import { readWavHeader, type WavHeader } from './wav-header.ts'
import { decodeBlocks } from './wav-samples.ts'

/** The least size that programs announce when they write to a pipe: the largest signed size, less a header. */
const ENDLESS = 0x7fff0000

/** Bytes that are decoded at once, about. */
const PIECE = 1 << 16

/**
 * Opens a WAV file: integers of 8 to 32 bits, floats of 32 and 64, A-law and µ-law, each also in the extensible form,
 * and RF64 above 4 GB. `isLive`: the bytes come from a program that may not have known how many there would be.
 * @throws GlassformerError ERR_AUDIO_FORMAT, here or while its samples are read @throws UnknownWavCode
 */
export async function openWav(reader: ByteReader, isLive = false): Promise<SoundStream> {
  const header = await readWavHeader(reader)
  if (isLive && header.bytes !== undefined && header.bytes >= ENDLESS) header.bytes = undefined
  const { rate, channels, kind, bytes } = header
  const block = channels * kind.width
  if (bytes !== undefined && bytes % block !== 0)
    throw formatError('WAV', reader.offset - 4, `${bytes} bytes of samples are no whole number of blocks of ${block}`)
  const announced = bytes === undefined ? undefined : bytes / block
  return { rate, channels, announced, samples: wavSamples(reader, header) }
}

async function* wavSamples(reader: ByteReader, header: WavHeader): AsyncGenerator<Float32Array, void, undefined> {
  const { channels, kind, bytes = Number.POSITIVE_INFINITY } = header
  const block = channels * kind.width
  const piece = Math.max(1, Math.floor(PIECE / block)) * block
  for (let left = bytes; left > 0; ) {
    const wanted = Math.min(left, piece)
    const isWhole = await reader.has(wanted)
    const whole = Math.min(wanted, reader.held.length - (reader.held.length % block))
    if (whole > 0) yield decodeBlocks(reader.take(whole), channels, kind, reader.offset - whole)
    left -= whole
    if (isWhole) continue
    if (bytes === Number.POSITIVE_INFINITY) return
    throw formatError(
      'WAV',
      reader.offset + reader.held.length,
      `the file is cut: it announces ${bytes} bytes of samples, and ${left} of them are missing`,
    )
  }
}

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
