import { createReadStream } from 'node:fs'
import { pathOf } from '../../base/path-of.ts'
import { isUrl } from '../../base/values/value-class.ts'
import { fileError, openFile as openDescriptor } from '../../formats/disk/read-file.ts'
import { decodeByFfmpeg, decodeBytesByFfmpeg } from './ffmpeg.ts'
import { openFile, openInput } from './open.ts'
import { decodeByPackage } from './packages.ts'
import type { Sound, SoundInput } from './sound.ts'

const PIECE = 1 << 16

/**
 * Opens sound: WAV and FLAC are read here, MP3, Ogg Opus and Ogg Vorbis by packages where they are installed, every other
 * format by `ffmpeg` on the PATH. It is read while it is used, so
 * that an hour takes no more memory than a minute.
 * @throws GlassformerError ERR_FILE, ERR_AUDIO_FORMAT for a damaged file, ERR_INPUT for a value that is no sound,
 * ERR_FFMPEG while samples are read
 */
export async function openSound(input: SoundInput): Promise<Sound> {
  if (typeof input !== 'string' && !isUrl(input))
    return openInput(
      input,
      async (bytes, kind) => (await decodeByPackage(bytes, kind)) ?? decodeBytesByFfmpeg(bytes, kind),
    )
  const path = pathOf('a sound file', input)
  return openFile(
    path,
    () => fileChunks(path),
    async (bytes, kind) => {
      const stream = await decodeByPackage(bytes, kind)
      if (stream) return stream
      await (bytes as AsyncGenerator).return?.(undefined)
      return decodeByFfmpeg(path, kind)
    },
  )
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { descriptor } = openDescriptor(path)
  const stream = createReadStream(path, { fd: descriptor, highWaterMark: PIECE })
  try {
    yield* stream as AsyncIterable<Buffer>
  } catch (cause) {
    throw fileError('read', path, cause)
  }
}
