import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CueOptions } from '#dist/sound/transcript/cues.js'
import { type Transcript, translated } from '#dist/sound/transcript/transcript.js'
import { toJson, toSrt, toTsv, toTxt, toVtt } from '#dist/sound/transcript/writers.js'
import { goldenSound } from './golden-sound.ts'

type OpenAi = Record<string, never>
interface Written {
  options: { max_line_width?: number; max_line_count?: number; max_words_per_line?: number; highlight_words?: boolean }
  txt?: string
  srt: string
  vtt: string
  tsv?: string
}
const golden: { transcript: OpenAi & { segments: OpenAi[] }; written: Record<string, Written> } = JSON.parse(
  readFileSync(join(goldenSound, 'transcripts/transcripts.json'), 'utf8'),
)

const withWords: Transcript = {
  text: golden.transcript.text!,
  task: 'transcribe',
  language: 'en',
  languageProbability: null,
  duration: 87.9,
  segments: golden.transcript.segments.map((segment) => ({
    id: segment.id!,
    seek: segment.seek!,
    start: segment.start!,
    end: segment.end!,
    text: segment.text!,
    tokens: segment.tokens!,
    avgLogprob: segment.avg_logprob!,
    noSpeechProb: segment.no_speech_prob!,
    compressionRatio: segment.compression_ratio!,
    temperature: segment.temperature!,
    words: segment.words!,
  })),
}
const plain = { ...withWords, segments: withWords.segments.map(({ words: _, ...segment }) => segment) }

describe.each(Object.entries(golden.written))('%s', (name, { options, txt, srt, vtt, tsv }) => {
  const transcript = name === 'plain' ? plain : withWords
  const own: CueOptions = {
    maxLineWidth: options.max_line_width,
    maxLineCount: options.max_line_count,
    maxWordsPerLine: options.max_words_per_line,
    highlightWords: options.highlight_words,
  }
  test('is what OpenAI writes', () => {
    expect(toSrt(transcript, own)).toBe(srt)
    expect(toVtt(transcript, own)).toBe(vtt)
    if (txt) expect(toTxt(transcript)).toBe(txt)
    if (tsv) expect(toTsv(transcript)).toBe(tsv)
  })
})

test('JSON has the names of OpenAI, and every value', () => {
  const record = JSON.parse(toJson(withWords))
  const { segments } = golden.transcript
  expect(record.segments).toEqual(segments)
  expect(record).toMatchObject({ text: golden.transcript.text, language: 'en', duration: 87.9 })
})

test('a text cannot break the format', () => {
  const segment = { ...plain.segments[0]!, text: ' one --> two\n\n3\tfour ' }
  const transcript = { ...plain, segments: [segment] }
  expect(toSrt(transcript)).toContain('\none -> two\n3\tfour\n\n')
  expect(toTsv(transcript).split('\n')).toHaveLength(3)
  expect(toTxt(transcript).split('\n')).toHaveLength(2)
})

test('without word times, lines are broken between words', () => {
  const segment = { ...plain.segments[0]!, start: 0, end: 1, text: ' one two three four' }
  expect(toSrt({ ...plain, segments: [segment] }, { maxLineWidth: 9 })).toBe(
    '1\n00:00:00,000 --> 00:00:01,000\none two\nthree\nfour\n\n',
  )
})

test('no segments: empty files', () => {
  const empty = { ...plain, text: '', segments: [] }
  expect([toTxt(empty), toSrt(empty), toVtt(empty), toTsv(empty)]).toEqual(['', '', 'WEBVTT\n\n', 'start\tend\ttext\n'])
})

test('subtitles in another language have the times of the segments', () => {
  const german = {
    ...withWords,
    segments: withWords.segments.slice(0, 1).map((one) => ({ ...one, translation: 'Und so' })),
  }
  expect(toSrt(translated(german))).toMatch(/^1\n\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}\nUnd so\n\n$/)
  expect(JSON.parse(toJson(german)).segments[0]).toMatchObject({ translation: 'Und so' })
})
