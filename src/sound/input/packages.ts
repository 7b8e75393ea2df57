import { GlassformerError, messageOf } from '../../base/errors.ts'
import type { ByteChunks } from '../formats/byte-reader.ts'
import { formatError } from '../formats/format-error.ts'
import type { SoundStream } from '../formats/wav.ts'
import { meanOfChannels } from './open.ts'

/** What a decoder makes of some bytes: as many samples as are known by then. */
interface Decoded {
  channelData: Float32Array[]
  samplesDecoded: number
  sampleRate: number
}

/** The part of wasm-audio-decoders' classes that is used: mpg123, libvorbis and libopus as WebAssembly. */
interface Decoder {
  ready: Promise<void>
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>
  flush?(): Promise<Decoded>
  free(): void
}

/** Packages that read a format where a user has installed them. They are not bundled: mpg123 is under the LGPL. */
const packages: Readonly<Record<string, { name: string; decoder: string }>> = {
  MP3: { name: 'mpg123-decoder', decoder: 'MPEGDecoder' },
  'Ogg Opus': { name: 'ogg-opus-decoder', decoder: 'OggOpusDecoder' },
  'Ogg Vorbis': { name: '@wasm-audio-decoders/ogg-vorbis', decoder: 'OggVorbisDecoder' },
}

/** The package that reads a format; undefined where there is none. */
export const packageFor = (kind: string): string | undefined => packages[kind]?.name

/**
 * Has an installed package read a file of a `kind`, piece by piece; null where none is installed, and nothing of `bytes` has been read.
 * Damaged frames are left out.
 * @throws GlassformerError ERR_AUDIO_FORMAT for bytes without any sound, also while samples are read
 */
export async function decodeByPackage(bytes: ByteChunks, kind: string): Promise<SoundStream | null> {
  const decoder = await decoderFor(kind)
  if (!decoder) return null
  const pieces = decoded(bytes, decoder, kind)
  const first = await pieces.next()
  if (first.done) throw formatError(kind, 0, 'no sound can be read from it')
  const { rate } = first.value
  return {
    rate,
    channels: 1,
    samples: samplesOf(first.value, pieces, kind),
    close: async () => {
      await pieces.return()
    },
  }
}

async function decoderFor(kind: string): Promise<Decoder | null> {
  const known = packages[kind]
  if (!known) return null
  try {
    const decoder: Decoder = new (await import(known.name))[known.decoder]()
    await decoder.ready
    return decoder
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null
    throw new GlassformerError('ERR_AUDIO_FORMAT', `${known.name} cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

interface Piece {
  rate: number
  samples: Float32Array
  /** The bytes that have been read before it. */
  at: number
}

async function* decoded(bytes: ByteChunks, decoder: Decoder, kind: string): AsyncGenerator<Piece, void, undefined> {
  let at = 0
  try {
    for await (const chunk of bytes) {
      const found = await decoder.decode(chunk)
      if (found.samplesDecoded) yield pieceOf(found, at)
      at += chunk.length
    }
    const last = await decoder.flush?.()
    if (last?.samplesDecoded) yield pieceOf(last, at)
  } catch (error) {
    if (error instanceof GlassformerError) throw error
    throw formatError(kind, at, `its decoder fails: ${messageOf(error)}`)
  } finally {
    decoder.free()
  }
}

const pieceOf = ({ channelData, samplesDecoded, sampleRate }: Decoded, at: number): Piece => ({
  rate: sampleRate,
  samples: meanOfChannels(channelData, samplesDecoded),
  at,
})

async function* samplesOf(
  first: Piece,
  pieces: AsyncGenerator<Piece, void, undefined>,
  kind: string,
): AsyncGenerator<Float32Array, void, undefined> {
  try {
    yield first.samples
    for await (const { rate, samples, at } of pieces) {
      if (rate !== first.rate) throw formatError(kind, at, `its rate changes from ${first.rate} to ${rate} Hz`)
      yield samples
    }
  } finally {
    await pieces.return()
  }
}
