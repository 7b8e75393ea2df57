import type { GlassformerError } from '../../base/errors.ts'
import { type ByteChunks, ByteReader } from '../formats/byte-reader.ts'
import { isFlac, openFlac } from '../formats/flac/index.ts'
import { formatError } from '../formats/format-error.ts'
import { openWav, type SoundStream } from '../formats/wav.ts'
import { isWav, UnknownWavCode } from '../formats/wav-header.ts'

/** Bytes of a file by which its format is told. */
const HEAD = 40

type Test = (head: Uint8Array, text: string) => boolean

/** Formats that others read: packages and ffmpeg in Node.js, and the browser in a page. */
const others: [string, Test][] = [
  ['MP3', (head, text) => text.startsWith('ID3') || (head[0] === 0xff && (head[1] & 0xe6) > 0xe0 && head[2] >> 4 < 15)],
  ['AAC', (head, text) => (head[0] === 0xff && (head[1] & 0xf6) === 0xf0) || text.startsWith('ADIF')],
  ['Ogg Opus', (_, text) => text.startsWith('OggS') && text.slice(28, 36) === 'OpusHead'],
  ['Ogg Vorbis', (_, text) => text.startsWith('OggS') && text.slice(28, 35) === '\x01vorbis'],
  ['Ogg', (_, text) => text.startsWith('OggS')],
  ['MP4', (_, text) => ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip'].includes(text.slice(4, 8))],
  ['WebM or Matroska', (_, text) => text.startsWith('\x1a\x45\xdf\xa3')],
  ['AIFF', (_, text) => text.startsWith('FORM') && text.slice(8, 11) === 'AIF'],
  ['WAV with its bytes in the other order', (_, text) => text.startsWith('RIFX')],
  ['AVI', (_, text) => text.startsWith('RIFF') && text.slice(8, 11) === 'AVI'],
  ['Wave64', (_, text) => text.startsWith('riff\x2e\x91\xcf\x11')],
  ['Core Audio', (_, text) => text.startsWith('caff')],
  ['AU', (_, text) => text.startsWith('.snd')],
  ['AMR', (_, text) => text.startsWith('#!AMR')],
  ['Windows Media', (_, text) => text.startsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11')],
  ['FLV', (_, text) => text.startsWith('FLV\x01')],
  ['MPEG', (_, text) => text.startsWith('\x00\x00\x01\xba')],
  ['AC-3', (_, text) => text.startsWith('\x0b\x77')],
]

/**
 * The format of a file by its first bytes: 'WAV', 'FLAC', the name of a format that other programs read, or null for
 * what no format of sound begins with.
 */
function kindOfSound(head: Uint8Array): string | null {
  if (isWav(head)) return 'WAV'
  if (isFlac(head)) return 'FLAC'
  const text = String.fromCharCode(...head.subarray(0, HEAD))
  return others.find(([, isIt]) => isIt(head, text))?.[0] ?? null
}

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
