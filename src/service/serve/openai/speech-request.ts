import { GlassformerError } from '../../../base/errors.ts'
import type { TranscribeOptions } from '../../../use/transcribe/options.ts'
import { type Fields, flagIn, oneIn, refused, textIn, textsIn } from '../requests/fields.ts'

/** The forms of an answer. */
export const answerFormats = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const
export type AnswerFormat = (typeof answerFormats)[number]

const granularities = ['segment', 'word'] as const

/** A request for a transcript. */
export interface SpeechRequest {
  model: string | undefined
  format: AnswerFormat
  /** The parts of a transcript for which verbose_json has times. */
  granularities: readonly (typeof granularities)[number][]
  isStream: boolean
  options: TranscribeOptions
}

/** @throws GlassformerError ERR_INPUT, ERR_UNSUPPORTED */
export function readSpeechRequest(fields: Fields, task: 'transcribe' | 'translate'): SpeechRequest {
  if (textIn(fields, 'response_format') === 'diarized_json')
    throw unsupported("response_format 'diarized_json': who speaks is not found out")
  if (textsIn(fields, 'include')?.length) throw unsupported('include: log-probabilities of tokens are not given')
  const format = oneIn(fields, 'response_format', answerFormats) ?? 'json'
  const isTranscription = task === 'transcribe'
  const asked = isTranscription ? granularitiesIn(fields) : undefined
  if (asked?.includes('word') && format !== 'verbose_json')
    throw refused("timestamp_granularities needs the response_format 'verbose_json'.")
  const isStream = isTranscription && flagIn(fields, 'stream', false)
  if (isStream && format !== 'json' && format !== 'text')
    throw refused("A stream needs the response_format 'json' or 'text'.")
  return {
    model: textIn(fields, 'model'),
    format,
    granularities: asked ?? ['segment'],
    isStream,
    options: {
      task,
      ...(isTranscription && { language: textIn(fields, 'language') || undefined }),
      prompt: textIn(fields, 'prompt') || undefined,
      ...temperatureIn(fields),
      ...(asked?.includes('word') && { timestamps: 'words' }),
    },
  }
}

function granularitiesIn(fields: Fields): SpeechRequest['granularities'] | undefined {
  const asked = textsIn(fields, 'timestamp_granularities')
  const wrong = asked?.find((each) => !granularities.some((known) => known === each))
  if (wrong !== undefined) throw refused("Value for 'timestamp_granularities' not supported.")
  return asked as SpeechRequest['granularities'] | undefined
}

/** 0, as at OpenAI, is the usual series of temperatures, each tried where the one before has failed. */
function temperatureIn(fields: Fields): Pick<TranscribeOptions, 'temperature'> {
  const given = textIn(fields, 'temperature')
  if (given === undefined || given === '') return {}
  const temperature = Number(given)
  if (!(temperature >= 0 && temperature <= 1)) throw refused("Value for 'temperature' must be from 0 to 1.")
  return temperature === 0 ? {} : { temperature }
}

const unsupported = (message: string) => new GlassformerError('ERR_UNSUPPORTED', message)
