import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { isUrl } from '../../../base/values/value-class.ts'
import type { ByteChunks } from '../../../sound/formats/byte-reader.ts'
import { formatError } from '../../../sound/formats/format-error.ts'
import type { SoundStream } from '../../../sound/formats/wav.ts'
import { meanOfChannels, openInput } from '../../../sound/input/open.ts'
import type { AudioBufferLike, Sound, SoundInput } from '../../../sound/input/sound.ts'
import { RATE } from '../../../sound/signal/mel-filters.ts'
import { baseUrl } from '../loading/messages.ts'

/** The part of the Web Audio API that decodes files. */
declare const OfflineAudioContext:
  | (new (
      channels: number,
      length: number,
      rate: number,
    ) => { decodeAudioData(bytes: ArrayBuffer): Promise<AudioBufferLike> })
  | undefined

/**
 * Opens sound in a page: WAV and FLAC are read here, every other format by the browser, which decodes a file as a whole.
 * @throws GlassformerError ERR_NETWORK for a URL that cannot be fetched, ERR_AUDIO_FORMAT, ERR_INPUT
 */
export async function openPageSound(input: SoundInput): Promise<Sound> {
  if (typeof input !== 'string' && !isUrl(input)) return openInput(input, decodedByBrowser)
  const url = String(input)
  let response: Response
  try {
    response = await fetch(new URL(url, baseUrl()))
  } catch (cause) {
    throw new GlassformerError('ERR_NETWORK', `cannot fetch the sound ${url}: ${messageOf(cause)}`, { cause })
  }
  if (!response.ok)
    throw new GlassformerError('ERR_NETWORK', `cannot fetch the sound ${url}: the server answers ${response.status}`)
  return openInput(await response.blob(), decodedByBrowser)
}

async function decodedByBrowser(bytes: ByteChunks, kind: string): Promise<SoundStream> {
  if (typeof OfflineAudioContext === 'undefined')
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${kind} is decoded by a browser, and there is none: give WAV or FLAC`,
    )
  const chunks: Uint8Array<ArrayBuffer>[] = []
  for await (const chunk of bytes) chunks.push(chunk as Uint8Array<ArrayBuffer>)
  const whole = await new Blob(chunks).arrayBuffer()
  let decoded: AudioBufferLike
  try {
    // The browser resamples to the rate of the context.
    decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(whole)
  } catch (cause) {
    throw new GlassformerError('ERR_AUDIO_FORMAT', `the browser cannot decode this ${kind}: ${messageOf(cause)}`, {
      cause,
    })
  }
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, i) => decoded.getChannelData(i))
  const length = channels[0]?.length ?? 0
  if (!length) throw formatError(kind, 0, 'it has no samples')
  return { rate: RATE, channels: 1, announced: length, samples: pieces(meanOfChannels(channels, length)) }
}

async function* pieces(samples: Float32Array): AsyncGenerator<Float32Array, void, undefined> {
  yield samples
}
