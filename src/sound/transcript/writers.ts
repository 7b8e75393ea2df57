import { type Cue, type CueOptions, cues, milliseconds } from './cues.ts'
import type { Transcript } from './transcript.ts'

// Files of a transcript, as OpenAI's command writes them (whisper/utils.py).

/** A line for each segment. */
export const toTxt = ({ segments }: Transcript): string => segments.map(({ text }) => `${inOneLine(text)}\n`).join('')

/** SubRip: numbered subtitles, times as 00:01:02,345. */
export function toSrt(transcript: Transcript, options: CueOptions = {}): string {
  const written = Array.from(cues(transcript, options), (cue, i) => `${i + 1}\n${timed(cue, shownTime(true, ','))}\n\n`)
  return written.join('')
}

/** WebVTT: subtitles for web pages, times as 01:02.345, with hours from the first on. */
export function toVtt(transcript: Transcript, options: CueOptions = {}): string {
  const written = Array.from(cues(transcript, options), (cue) => `${timed(cue, shownTime(false, '.'))}\n\n`)
  return `WEBVTT\n\n${written.join('')}`
}

/** A table: start and end in whole milliseconds, and text, between tabs. */
export function toTsv({ segments }: Transcript): string {
  const rows = segments.map(({ start, end, text }) => {
    return `${milliseconds(start)}\t${milliseconds(end)}\t${inOneLine(text).replaceAll('\t', ' ')}\n`
  })
  return `start\tend\ttext\n${rows.join('')}`
}

/** JSON with the names that OpenAI gives to what a transcript holds. */
export const toJson = (transcript: Transcript): string => `${JSON.stringify(openAiRecord(transcript))}\n`

/** A transcript under OpenAI's names, as its command and its HTTP interface (verbose_json) have them. */
export const openAiRecord = ({ text, segments, language, duration, translation }: Transcript) => ({
  text,
  ...(translation !== undefined && { translation }),
  segments: segments.map((segment) => ({
    id: segment.id,
    seek: segment.seek,
    start: segment.start,
    end: segment.end,
    text: segment.text,
    tokens: segment.tokens,
    temperature: segment.temperature,
    avg_logprob: segment.avgLogprob,
    compression_ratio: segment.compressionRatio,
    no_speech_prob: segment.noSpeechProb,
    ...(segment.words && { words: segment.words }),
    ...(segment.translation !== undefined && { translation: segment.translation }),
  })),
  language,
  duration,
})

/** The writers by the endings of their files. */
export const transcriptWriters = { txt: toTxt, vtt: toVtt, srt: toSrt, tsv: toTsv, json: toJson } as const

/** A format in which a transcript is written. */
export type TranscriptFormat = keyof typeof transcriptWriters

const inOneLine = (text: string): string => text.trim().replace(/\s*[\r\n]+\s*/g, ' ')

/** An arrow in a text would be read as that between two times, and an empty line as the end of the subtitle. */
const timed = ({ start, end, text }: Cue, time: (seconds: number) => string): string =>
  `${time(start)} --> ${time(end)}\n${text.replaceAll('-->', '->').replace(/\n\s*\n/g, '\n')}`

const shownTime =
  (hasHours: boolean, point: string) =>
  (seconds: number): string => {
    const whole = milliseconds(Math.max(0, seconds))
    const two = (value: number) => String(value).padStart(2, '0')
    const hours = Math.floor(whole / 3_600_000)
    const minutes = two(Math.floor(whole / 60_000) % 60)
    const rest = `${two(Math.floor(whole / 1000) % 60)}${point}${String(whole % 1000).padStart(3, '0')}`
    return hasHours || hours > 0 ? `${two(hours)}:${minutes}:${rest}` : `${minutes}:${rest}`
  }
