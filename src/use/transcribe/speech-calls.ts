import { GlassformerError, shown } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import { speechIds } from '../../engine/model/speech-ids.ts'
import { loadTokenizer } from '../../files/folders/tokenizers/load-tokenizer.ts'
import { SpeechText } from '../../language/text/tokenizer/speech-text.ts'
import type { Sound, SoundInput } from '../../sound/input/sound.ts'
import { onAbort } from '../../workers/requests/on-abort.ts'
import { readScheduling, type Scheduling } from '../../workers/requests/scheduling.ts'
import type { JobPool } from '../../workers/requests/submit.ts'
import { type ModelInfo, modelInfo } from '../translate/options/model-info.ts'
import { alignAtt } from './align-att.ts'
import { type Listening, listeningOf } from './listening.ts'
import { type LiveText, live } from './live.ts'
import { loops, passes, roomOf } from './live-pass.ts'
import { type LiveOptions, type ResolvedTranscribe, type TranscribeOptions, transcribeSettings } from './options.ts'
import type { HeardPart } from './sequential.ts'
import { soundParts } from './sound-parts.ts'
import { FRAMES_OF_SECOND, SoundWindows } from './sound-windows.ts'
import type { DetectedLanguage, Transcript, TranscriptSegment } from './transcript.ts'
import { type LoadTranslator, NamedTranslators } from './translated.ts'
import { WindowRequests } from './window-requests.ts'
import {
  checkLive,
  checkTold,
  type LivePolicy,
  languageOf,
  type SpeechModel,
  settingsOf,
  windowFrames,
} from './window-settings.ts'

/** Windows that a worker has in its batch at once, with five hypotheses each. */
const WINDOWS_AT_ONCE = 8
const USUAL_BEAMS = 5

/** The bytes of keys and values of a batch at one worker. */
const MOST_BYTES = 2 ** 29

/** The memory of tokens that windows of a worker take, for `batchTokens`. */
export const WINDOW_TOKENS = WINDOWS_AT_ONCE * USUAL_BEAMS * 1500

/** Workers that have loaded a model that hears, and what differs between Node.js and pages. */
export interface SpeechWorkers {
  pool: JobPool
  info: BackendInfo
  model: Parameters<typeof modelInfo>[0]
  /** Windows are divided among so many workers. */
  workers: number
  openSound(input: SoundInput): Promise<Sound>
  loadTranslator: LoadTranslator
}

/** What a transcriber does with its workers, in Node.js and in pages. */
export class SpeechCalls {
  readonly model: ModelInfo
  readonly #pool: JobPool
  readonly #info: BackendInfo
  readonly #workers: number
  readonly #hearing: SpeechModel
  readonly #openSound: SpeechWorkers['openSound']
  readonly #translators: NamedTranslators

  protected constructor(
    { pool, info, model, workers, openSound, loadTranslator }: SpeechWorkers,
    hearing: SpeechModel,
  ) {
    this.model = modelInfo(model)
    this.#pool = pool
    this.#info = info
    this.#workers = workers
    this.#hearing = hearing
    this.#openSound = openSound
    this.#translators = new NamedTranslators(loadTranslator)
  }

  /** The binary, BLAS, instruction set, threads and precision in use, and the reasons why the backend is not native, if it is not. */
  backendInfo(): BackendInfo {
    return this.#info
  }

  /**
   * Writes down what is said in a sound: the path of a file, its bytes, samples, or a stream. WAV and FLAC are read by Glassformer, all other
   * formats by `ffmpeg`.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_AUDIO_FORMAT, ERR_FFMPEG, ERR_FILE, ERR_ABORTED, ERR_TIMEOUT, ERR_BUSY, ERR_CLOSED,
   * ERR_MEMORY, ERR_WORKER
   */
  async transcribe(audio: SoundInput, options: TranscribeOptions = {}): Promise<Transcript> {
    const segments: TranscriptSegment[] = []
    const stream = this.stream(audio, options)
    for (;;) {
      const next = await stream.next()
      if (next.done) return { ...next.value, segments }
      segments.push(next.value)
    }
  }

  /**
   * The segments of a sound as they come. Leaving the loop early stops the work. The generator returns the transcript, which a loop does not see.
   * @throws GlassformerError as `transcribe`, when the loop begins or later
   */
  async *stream(audio: SoundInput, options: TranscribeOptions = {}): AsyncGenerator<TranscriptSegment, Transcript> {
    const { resolved, scheduling } = resolve(options)
    checkTold(options, this.#hearing)
    const language = languageOf(resolved, this.#hearing)
    const translate = await this.#translators.for(resolved, scheduling.signal)
    const sound = await this.#openSound(audio)
    const segments: TranscriptSegment[] = []
    const progress = progressOf(resolved, sound)
    const leaving = new AbortController()
    const stopped =
      scheduling.signal && onAbort(scheduling.signal, () => leaving.abort(present(scheduling.signal).reason))
    if (scheduling.signal?.aborted) leaving.abort(scheduling.signal.reason)
    const requests = this.#requests({ ...scheduling, signal: leaving.signal })
    const batchSize = resolved.batchSize ?? this.#batchSize()
    const parts = soundParts({ sound, requests, model: this.#hearing, options: resolved, language, batchSize })
    let heard: Pick<HeardPart, 'language' | 'languageProbability'> | null = null
    let next = await parts.next()
    try {
      for (; !next.done; next = await parts.next()) {
        const part = next.value
        heard ??= part
        await translate?.(part.segments, part.language)
        for (const segment of part.segments) {
          segments.push(segment)
          yield segment
        }
        progress(part.frames)
      }
    } finally {
      stopped?.()
      if (!next.done) {
        leaving.abort()
        await parts.return(0)
      }
    }
    return {
      text: segments
        .map(({ text }) => text)
        .join('')
        .trim(),
      task: resolved.task,
      language: heard?.language ?? language ?? 'en',
      languageProbability: heard?.languageProbability ?? null,
      duration: next.value,
      ...(translate && {
        translation: segments
          .map(({ translation }) => translation)
          .join('')
          .trim(),
      }),
      segments,
    }
  }

  /**
   * Speech as text while it is spoken: of a microphone or another stream of samples, or of a file as fast as it can be heard. Words that are
   * certain do not change any more; `pending` is what may; `policy` decides when. The language is that of the first words, where it is not given.
   * @throws GlassformerError as `transcribe`, when the loop begins or later
   */
  async *live(audio: SoundInput, options: LiveOptions = {}): AsyncGenerator<LiveText, void, undefined> {
    const { policy, ...own } = checkLive(options, this.#hearing)
    if (policy.name === 'align-att') return yield* this.#alignAtt(audio, own, policy)
    const { prompt, ...always } = own
    const sound = await this.#openSound(audio)
    let { language } = always
    const hear = async (samples: Float32Array, before: string) => {
      const said = before.trim() || prompt
      const transcript = await this.transcribe(samples, { ...always, language, timestamps: 'words', prompt: said })
      if (transcript.segments.length) language ??= transcript.language
      return transcript
    }
    yield* live(sound.samples(), hear, { step: policy.step, signal: always.signal })
  }

  async *#alignAtt(
    audio: SoundInput,
    options: TranscribeOptions,
    { step, frames }: LivePolicy,
  ): AsyncGenerator<LiveText, void, undefined> {
    const { resolved, scheduling } = resolve(options)
    const model = this.#hearing
    const language = languageOf(resolved, model)
    const hear = passes({ requests: this.#requests(scheduling), model, options: resolved, language, frames })
    const sound = await this.#openSound(audio)
    const window = windowFrames(model) / FRAMES_OF_SECOND
    yield* alignAtt(sound.samples(), hear, { step, window, room: roomOf(model), signal: scheduling.signal, loops })
  }

  /**
   * The language of the first 30 seconds of a sound.
   * @throws GlassformerError as `transcribe`
   */
  async detectLanguage(audio: SoundInput, options: TranscribeOptions = {}): Promise<DetectedLanguage> {
    const { resolved, scheduling } = resolve(options)
    if (!this.#hearing.ids.languages.size)
      throw new GlassformerError('ERR_UNSUPPORTED', `${this.model.path} is of one language, and detects none`)
    const sound = await this.#openSound(audio)
    const windows = new SoundWindows(sound)
    try {
      const hear = await this.#requests(scheduling).of(sound)
      const stretch = await windows.at(0, windowFrames(this.#hearing))
      const settings = settingsOf(resolved, this.#hearing)({ language: null, previous: [], isFirst: true })
      const { language, languageProbability, languages, noSpeechProbability } = await hear(stretch, {
        ...settings,
        onlyLanguage: true,
      })
      return {
        language,
        probability: present(languageProbability),
        probabilities: present(languages),
        noSpeechProbability,
      }
    } finally {
      await windows.close()
    }
  }

  /**
   * Hears the first 30 seconds of a sound, and keeps where in it the model looked for each token: `glassformer inspect --sound` shows it.
   * @throws GlassformerError as `transcribe`
   */
  async listen(audio: SoundInput, options: TranscribeOptions = {}): Promise<Listening> {
    checkTold({ ...options, timestamps: 'words' }, this.#hearing)
    const { resolved, scheduling } = resolve({ ...options, timestamps: 'words' })
    const language = languageOf(resolved, this.#hearing)
    const sound = await this.#openSound(audio)
    const windows = new SoundWindows(sound)
    try {
      const hear = await this.#requests(scheduling).of(sound)
      const stretch = await windows.at(0, windowFrames(this.#hearing))
      const settings = settingsOf(resolved, this.#hearing)({ language, previous: [], isFirst: true })
      return listeningOf(stretch, await hear(stretch, { ...settings, seen: true }), this.#hearing)
    } finally {
      await windows.close()
    }
  }

  /** Stops the workers; open calls fail with ERR_CLOSED. */
  async close(): Promise<void> {
    await Promise.all([this.#pool.close(), this.#translators.close()])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #requests(scheduling: Scheduling): WindowRequests {
    const { hasTimes: hasPeak } = this.#hearing.ids
    return new WindowRequests(this.#pool, scheduling, { window: windowFrames(this.#hearing), hasPeak })
  }

  /** The windows whose keys and values have room in half a gigabyte, for each worker. */
  #batchSize(): number {
    const { decoder, sound } = this.#hearing.config
    const bytes = 4 * 2 * decoder.layers * decoder.heads * decoder.dHead * present(sound).positions
    return this.#workers * Math.max(1, Math.min(WINDOWS_AT_ONCE, Math.floor(MOST_BYTES / bytes)))
  }
}

/** @throws GlassformerError ERR_UNSUPPORTED for a model of texts; ERR_FILE where it has no tokenizer */
export async function speechModel(model: SpeechWorkers['model']): Promise<SpeechModel> {
  const { path, config, generation } = model
  if (!config.sound)
    throw new GlassformerError('ERR_UNSUPPORTED', `${path} is a model of texts: load it by Translator.load`)
  if (config.sound.front === 'gated')
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${path}: features of sound for Speech2Text are not made here yet: take a model of Whisper's or Moonshine`,
    )
  const tokenizer = await loadTokenizer(model.tokenizer)
  if (!tokenizer)
    throw new GlassformerError(
      'ERR_FILE',
      `${path}: tokenizer.json is missing: without it what the model hears cannot be written`,
    )
  const ids = speechIds(config)
  return { path, config, generation, ids, text: new SpeechText(tokenizer, ids.endOfText) }
}

/** @throws GlassformerError ERR_OPTION */
function resolve(options: TranscribeOptions): { resolved: ResolvedTranscribe; scheduling: Scheduling } {
  if (typeof options !== 'object' || options === null)
    throw new GlassformerError('ERR_OPTION', `options of a transcription must be an object, not ${shown(options)}`)
  const { signal, timeout, priority, client, ...own } = options
  return {
    resolved: read(transcribeSettings, own, inOptions),
    scheduling: readScheduling({ signal, timeout, priority, client }),
  }
}

/** Tells a caller after each window how much of the sound is done. */
function progressOf({ progress }: ResolvedTranscribe, sound: Sound): (frames: number) => void {
  const began = performance.now()
  return (frames) => {
    const done = frames / FRAMES_OF_SECOND
    progress?.({ done, total: sound.seconds, speed: (1000 * done) / Math.max(1, performance.now() - began) })
  }
}
