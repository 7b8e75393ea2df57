import type { GlassformerError } from '../../base/errors.ts'
import { type ByteChunks, ByteReader } from '../formats/byte-reader.ts'
import { openFlac } from '../formats/flac/index.ts'
import { formatError } from '../formats/format-error.ts'
import type { SoundStream } from '../formats/sound-stream.ts'
import { openWav } from '../formats/wav.ts'
import { UnknownWavCode } from '../formats/wav-header.ts'
import { HEAD, kindOfSound } from './kinds.ts'

/** Reads a file that is neither WAV nor FLAC, from its first byte on. `kind` is its format in messages. */
export type OtherFormats = (bytes: ByteChunks, kind: string) => Promise<SoundStream> | SoundStream

/**
 * Opens a file's bytes by the format that they have, whatever its name says. The caller ends `samples` of the result, or
 * iterates to the end, which closes the file.
 * `isLive`: the bytes are those of a stream, whose length its header may not know.
 * @throws GlassformerError ERR_AUDIO_FORMAT, and what `otherFormats` throws
 */
export async function openBytes(
  open: () => ByteChunks,
  otherFormats: OtherFormats,
  isLive = false,
): Promise<SoundStream> {
  const reader = new ByteReader(open())
  try {
    return await openReader(reader, open, otherFormats, isLive)
  } catch (error) {
    await reader.close()
    throw error
  }
}

async function openReader(
  reader: ByteReader,
  open: () => ByteChunks,
  others: OtherFormats,
  isLive: boolean,
): Promise<SoundStream> {
  const { head, kind } = await headOf(reader)
  if (kind === null) throw notSound(head)
  if (kind === 'FLAC') return closing(await openFlac(reader), reader)
  if (kind !== 'WAV') return others(reader.rest(), kind)
  try {
    return closing(await openWav(reader, isLive), reader)
  } catch (error) {
    if (!(error instanceof UnknownWavCode)) throw error
    await reader.close()
    return others(open(), error.message)
  }
}

async function headOf(reader: ByteReader): Promise<{ head: Uint8Array; kind: string | null }> {
  await reader.has(HEAD)
  const head = reader.held.slice(0, HEAD)
  return { head, kind: kindOfSound(head) }
}

function notSound(head: Uint8Array): GlassformerError {
  if (head.length === 0) return formatError('sound', 0, 'the file is empty')
  const start = JSON.stringify(String.fromCharCode(...head.subarray(0, 8)))
  return formatError('sound', 0, `no format of sound that is known begins with ${start}`)
}

/** The stream, with its file closed at its end, at an early end of its iteration, and by `close`. */
const closing = (stream: SoundStream, reader: ByteReader): SoundStream => ({
  ...stream,
  samples: thenClose(stream.samples, reader),
  close: () => reader.close(),
})

async function* thenClose(samples: AsyncIterable<Float32Array>, reader: ByteReader): AsyncGenerator<Float32Array> {
  try {
    yield* samples
  } finally {
    await reader.close()
  }
}
