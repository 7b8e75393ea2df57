import { GlassformerError, shown } from '../../base/errors.ts'
import { isArrayOf } from '../../base/values/value-class.ts'
import { type SoundInput, type TranscribeOptions, Transcriber, type Transcript } from '../transcribe/index.ts'
import { fetched } from './fetched.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'

/** The task of writing sounds down. */
export const SPEECH = 'automatic-speech-recognition'

/** Options of a call: those of transformers.js, and settings of generate() that are followed here. */
export interface SpeechPipelineOptions {
  /** true: times of segments, 'word': of words. Default: none. */
  return_timestamps?: boolean | 'word' | null
  /** The language by its code or English name. Default: it is detected. */
  language?: string | null
  task?: 'transcribe' | 'translate' | null
  num_beams?: number | null
  max_new_tokens?: number | null
  temperature?: number | readonly number[] | null
  no_repeat_ngram_size?: number | null
  repetition_penalty?: number | null
  compression_ratio_threshold?: number | null
  logprob_threshold?: number | null
  no_speech_threshold?: number | null
  condition_on_prev_tokens?: boolean | null
  /** Sound of any length is heard window by window: these are accepted, and change nothing. */
  chunk_length_s?: number | null
  stride_length_s?: number | readonly number[] | null
  force_full_sequences?: boolean | null
  num_frames?: number | null
  signal?: AbortSignal
}

/** Samples as Hugging Face's pipelines have them. */
export interface RawAudio {
  raw: Float32Array | Float64Array
  /** Samples a second. */
  sampling_rate: number
}

/** Sound of a call: as `transcribe` takes it, the address of a file in the web, or samples in other forms. */
export type SpeechPipelineInput = SoundInput | Float64Array | RawAudio

/** A part of a transcript, with its times in seconds. */
export interface SpeechPipelineChunk {
  text: string
  timestamp: [start: number, end: number]
}

/** The transcript of a sound. */
export interface SpeechPipelineOutput {
  text: string
  /** With `return_timestamps`. */
  chunks?: SpeechPipelineChunk[]
}

/** A model that hears, called with one sound or a list of them. */
export interface SpeechPipeline extends AsyncDisposable {
  (audio: SpeechPipelineInput, options?: SpeechPipelineOptions): Promise<SpeechPipelineOutput>
  (audio: readonly SpeechPipelineInput[], options?: SpeechPipelineOptions): Promise<SpeechPipelineOutput[]>
  readonly task: typeof SPEECH
  readonly transcriber: Transcriber
  /** Frees the model. */
  dispose(): Promise<void>
}

/** Names of options here, by those of generate(). */
const same = {
  num_beams: 'beams',
  max_new_tokens: 'maxTokens',
  temperature: 'temperature',
  no_repeat_ngram_size: 'noRepeatNgram',
  repetition_penalty: 'repetitionPenalty',
  compression_ratio_threshold: 'compressionRatioThreshold',
  logprob_threshold: 'logprobThreshold',
  no_speech_threshold: 'noSpeechThreshold',
  condition_on_prev_tokens: 'conditionOnPreviousText',
  language: 'language',
  task: 'task',
  signal: 'signal',
} as const satisfies Record<string, keyof TranscribeOptions>

const withoutEffect = ['chunk_length_s', 'stride_length_s', 'force_full_sequences', 'num_frames', 'return_timestamps']

/** @throws GlassformerError as `pipeline` and `Transcriber.load` */
export async function speechPipeline(model: string, options: PretrainedOptions): Promise<SpeechPipeline> {
  const found = await pretrained(model, options)
  const transcriber = await Transcriber.load(found.folder, found.load)
  found.tell({ status: 'ready', task: SPEECH, model })
  const write = async (audio: SpeechPipelineInput, given: SpeechPipelineOptions) => {
    const own = optionsOf(given)
    return outputOf(await transcriber.transcribe(await soundOf(audio, given.signal), own), given)
  }
  const call = (audio: SpeechPipelineInput | readonly SpeechPipelineInput[], given: SpeechPipelineOptions = {}) =>
    Array.isArray(audio)
      ? Promise.all(audio.map((each) => write(each, given)))
      : write(audio as SpeechPipelineInput, given)
  const dispose = () => transcriber.close()
  return Object.assign(call, { task: SPEECH, transcriber, dispose, [Symbol.asyncDispose]: dispose }) as SpeechPipeline
}

/** @throws GlassformerError ERR_NETWORK for a file in the web that cannot be had */
async function soundOf(audio: SpeechPipelineInput, signal?: AbortSignal): Promise<SoundInput> {
  if (isArrayOf(Float64Array, audio)) return Float32Array.from(audio)
  if (typeof audio === 'object' && audio !== null && 'raw' in audio)
    return { samples: Float32Array.from(audio.raw), sampleRate: audio.sampling_rate }
  return ((await fetched(audio, signal)) ?? audio) as SoundInput
}

/** @throws GlassformerError ERR_UNSUPPORTED for an option that is not followed */
function optionsOf(given: SpeechPipelineOptions): TranscribeOptions {
  const set = Object.entries(given).filter(([, value]) => value !== null && value !== undefined)
  const own: Record<string, unknown> = {}
  for (const [name, value] of set) {
    if (Object.hasOwn(same, name)) own[same[name as keyof typeof same]] = value
    else if (!withoutEffect.includes(name))
      throw new GlassformerError('ERR_UNSUPPORTED', `option ${name} is not followed here: leave it out`)
  }
  const { return_timestamps: times = false } = given
  if (times !== 'word' && typeof times !== 'boolean' && times !== null)
    throw new GlassformerError(
      'ERR_OPTION',
      `option return_timestamps must be true, false or 'word', not ${shown(times)}`,
    )
  // As generate() there: greedy, at one temperature, where nothing else is asked.
  return { beams: 1, temperature: 0, ...own, ...(times && { timestamps: times === 'word' ? 'words' : 'segments' }) }
}

function outputOf({ segments }: Transcript, { return_timestamps: times }: SpeechPipelineOptions): SpeechPipelineOutput {
  const text = segments.map((segment) => segment.text).join('')
  if (!times) return { text }
  const chunks = segments.flatMap(({ words = [], start, end, text: own }): SpeechPipelineChunk[] =>
    times === 'word'
      ? words.map((word) => ({ text: word.word, timestamp: [word.start, word.end] }))
      : [{ text: own, timestamp: [start, end] }],
  )
  return { text, chunks }
}
