import { speechLanguages } from '../../../base/choices/speech-languages.ts'
import type { Transcript } from '../../../sound/transcript/transcript.ts'
import { openAiRecord, toSrt, toVtt } from '../../../sound/transcript/writers.ts'
import type { SpeechRequest } from './speech-request.ts'

/** The length of the sound, as OpenAI bills it: whole seconds. */
export const usageOf = ({ duration }: Pick<Transcript, 'duration'>) => ({
  type: 'duration',
  seconds: Math.ceil(duration),
})

/** The body of an answer: an object that becomes JSON, or a text. */
export function answerOf(transcript: Transcript, { format, granularities }: SpeechRequest): object | string {
  switch (format) {
    case 'json':
      return { text: transcript.text, usage: usageOf(transcript) }
    case 'text':
      return `${transcript.text}\n`
    case 'srt':
      return toSrt(transcript)
    case 'vtt':
      return toVtt(transcript)
    case 'verbose_json':
      return verbose(transcript, granularities)
  }
}

function verbose(transcript: Transcript, granularities: SpeechRequest['granularities']): object {
  const { task, language, duration, text } = transcript
  const { segments } = openAiRecord(transcript)
  return {
    task,
    language:
      task === 'translate' ? 'english' : (speechLanguages[language as keyof typeof speechLanguages] ?? language),
    duration,
    text,
    ...(granularities.includes('segment') && { segments: segments.map(({ words: _, ...segment }) => segment) }),
    ...(granularities.includes('word') && {
      words: transcript.segments.flatMap(({ words = [] }) =>
        words.map(({ word, start, end }) => ({ word: word.trim(), start, end })),
      ),
    }),
    usage: usageOf(transcript),
  }
}
