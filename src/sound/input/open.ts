import { GlassformerError, shown } from '../../base/errors.ts'
import { reading } from '../../base/reading.ts'
import { isArrayOf, isBlob } from '../../base/values/value-class.ts'
import type { ByteChunks } from '../formats/byte-reader.ts'
import type { SoundStream } from '../formats/wav.ts'
import { RATE } from '../signal/mel-filters.ts'
import { Resampler } from '../signal/resampler.ts'
import { type OtherFormats, openBytes } from './decode.ts'
import type { AudioBufferLike, RawSound, Sound, SoundInput } from './sound.ts'

/** Samples of a piece of sound in memory. */
const PIECE = 1 << 15

/**
 * Sound that is in memory or comes from a stream, at 16 kHz; a file's own rate is changed while it is read. Nothing is
 * read yet where the input is a stream.
 * @param otherFormats reads files that are neither WAV nor FLAC
 * @throws GlassformerError ERR_INPUT for a value that is no sound, ERR_AUDIO_FORMAT, and what `otherFormats` throws
 */
export async function openInput(input: Exclude<SoundInput, string | URL>, otherFormats: OtherFormats): Promise<Sound> {
  return reading('the sound', () => opened(input, otherFormats), 'ERR_INPUT')
}

function opened(input: unknown, others: OtherFormats): Promise<Sound> | Sound {
  if (isArrayOf(Float32Array, input)) return raw({ samples: input })
  if (isArrayOf(Uint8Array, input)) return openFile('the sound', () => chunksOf(input), others)
  if (kindIs(input, 'ArrayBuffer'))
    return openFile('the sound', () => chunksOf(new Uint8Array(input as ArrayBuffer)), others)
  if (isBlob(input)) return openFile('the sound', () => iterable(input.stream() as ReadableStream<Uint8Array>), others)
  if (typeof input === 'object' && input !== null) {
    if (typeof (input as AudioBufferLike).getChannelData === 'function') return raw(mixed(input as AudioBufferLike))
    if (isArrayOf(Float32Array, (input as RawSound).samples)) return raw(input as RawSound)
    if (Symbol.asyncIterator in input || 'getReader' in input)
      return streamed(iterable(input as ReadableStream), others)
  }
  throw new GlassformerError(
    'ERR_INPUT',
    `sound must be a path, the bytes of a file, a Blob, samples, an AudioBuffer or a stream, not ${shown(input)}`,
  )
}

const kindIs = (value: unknown, kind: string): boolean => Object.prototype.toString.call(value) === `[object ${kind}]`

/** A file that can be opened again and again. Its header is read here, so that a damaged one is refused at once. */
export async function openFile(name: string, open: () => ByteChunks, others: OtherFormats): Promise<Sound> {
  const opening = () => named(name, () => openBytes(open, others))
  const header = await opening()
  await header.close?.()
  const samples = async function* () {
    yield* namedSamples(name, atRate(await opening()))
  }
  return { name, seconds: secondsOf(header), isReplayable: true, samples }
}

/** A stream of bytes, or of samples, which its first piece tells. */
async function streamed(pieces: AsyncIterable<Uint8Array | Float32Array>, others: OtherFormats): Promise<Sound> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  const rest: AsyncIterable<never> = { [Symbol.asyncIterator]: () => iterator as AsyncIterator<never> }
  const all = async function* () {
    if (first.done) return
    yield first.value as never
    yield* rest
  }
  const name = 'the sound'
  if (!first.done && isArrayOf(Float32Array, first.value))
    return { name, seconds: undefined, isReplayable: false, samples: () => checked(all()) }
  const once = { opened: false }
  const open = () => {
    if (once.opened) throw new GlassformerError('ERR_INPUT', 'the stream of sound cannot be read a second time')
    once.opened = true
    return all()
  }
  const stream = await openBytes(open, others, true)
  return { name, seconds: secondsOf(stream), isReplayable: false, samples: () => atRate(stream) }
}

function raw({ samples, sampleRate = RATE }: RawSound): Sound {
  if (!(sampleRate >= 1000 && sampleRate <= 768_000))
    throw new GlassformerError('ERR_INPUT', `the rate of samples must be 1000 to 768000 Hz, not ${shown(sampleRate)}`)
  const pieces = async function* () {
    for (let i = 0; i < samples.length; i += PIECE) yield samples.subarray(i, i + PIECE)
  }
  const stream = () => atRate({ rate: sampleRate, channels: 1, samples: checked(pieces()) })
  return { name: 'the sound', seconds: samples.length / sampleRate, isReplayable: true, samples: stream }
}

/** The mean of the first `count` samples of some channels. */
export function meanOfChannels(channels: readonly Float32Array[], count: number): Float32Array {
  const samples = new Float32Array(count)
  for (const channel of channels) for (let i = 0; i < count; i++) samples[i] += channel[i] / channels.length
  return samples
}

function mixed(buffer: AudioBufferLike): RawSound {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i))
  return { samples: meanOfChannels(channels, channels[0]?.length ?? 0), sampleRate: buffer.sampleRate }
}

/** A stream's samples at 16 kHz. */
async function* atRate({ rate, samples }: SoundStream): AsyncGenerator<Float32Array, void, undefined> {
  if (rate === RATE) return yield* samples as AsyncGenerator<Float32Array, void, undefined>
  const resampler = new Resampler(rate, RATE)
  for await (const piece of samples) {
    const changed = resampler.push(piece)
    if (changed.length > 0) yield changed
  }
  yield resampler.end()
}

/** @throws GlassformerError ERR_INPUT for a piece that is not of samples, or holds what is no number */
async function* checked(pieces: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array, void, undefined> {
  let passed = 0
  for await (const piece of pieces) {
    if (!isArrayOf(Float32Array, piece))
      throw new GlassformerError('ERR_INPUT', `a piece of sound must be a Float32Array, not ${shown(piece)}`)
    const wrong = piece.findIndex((sample) => !(Math.abs(sample) <= 2 ** 32))
    if (wrong >= 0) throw new GlassformerError('ERR_INPUT', `sample ${passed + wrong} of the sound is ${piece[wrong]}`)
    passed += piece.length
    yield piece
  }
}

const secondsOf = ({ announced, rate }: SoundStream): number | undefined =>
  announced === undefined ? undefined : announced / rate

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let i = 0; i < bytes.length; i += PIECE) yield bytes.subarray(i, i + PIECE)
}

/** A stream of the platform as an iterable, which it is not in every browser. */
async function* iterable<T>(stream: ReadableStream<T> | AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  if (Symbol.asyncIterator in stream) return yield* stream as AsyncGenerator<T, void, undefined>
  const reader = (stream as ReadableStream<T>).getReader()
  try {
    for (;;) {
      const next = await reader.read()
      if (next.done) return
      yield next.value
    }
  } finally {
    await reader.cancel()
  }
}

/** Does `work`, and puts the file's name before the message of an error about its bytes. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw withName(name, error)
  }
}

async function* namedSamples(name: string, samples: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  try {
    yield* samples
  } catch (error) {
    throw withName(name, error)
  }
}

function withName(name: string, error: unknown): unknown {
  const isOfBytes = error instanceof GlassformerError && error.code === 'ERR_AUDIO_FORMAT'
  return isOfBytes ? new GlassformerError(error.code, `${name}: ${error.message}`, { cause: error }) : error
}
