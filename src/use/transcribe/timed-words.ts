import { lastOf } from '../../base/present.ts'
import type { Alignment } from '../../engine/speech/index.ts'
import type { SpokenWord } from '../../language/text/tokenizer/speech-text.ts'
import type { TranscriptSegment, TranscriptWord } from './transcript.ts'

/** A word of one window, in seconds from the window's begin. */
interface TimedWord {
  text: string
  tokens: number[]
  start: number
  end: number
  probability: number
}

/** Signs that belong to the word after them, or before them. */
export interface Punctuation {
  prepend: string
  append: string
}

const ENDS_OF_SENTENCES = '.。!！?？'

/** The longest that a word usually takes, in seconds. */
const USUAL = 0.7

/** Whether a sign, or an empty text, is among these, as Python's `in` tells. */
const isAmong = (text: string, signs: string) => signs.includes(text)

/** The words of one window. `words` are those of its text tokens and of the end (openai/whisper, timing.py, find_alignment). */
function timed(words: readonly SpokenWord[], { times, probabilities }: Alignment): TimedWord[] {
  if (words.length <= 1) return []
  let at = 0
  return words.slice(0, -1).map(({ text, tokens }) => {
    const [begin, end] = [at, at + tokens.length]
    at = end
    const own = probabilities.slice(begin, end)
    const probability = own.reduce((sum, each) => sum + each, 0) / own.length
    return { text, tokens, start: times[begin], end: times[end], probability }
  })
}

/** Cuts long words where a sentence ends: silence is after or before them. */
function shortenAtSentences(words: TimedWord[], longest: number): void {
  for (let i = 1; i < words.length; i++) {
    if (words[i].end - words[i].start <= longest) continue
    if (isAmong(words[i].text, ENDS_OF_SENTENCES)) words[i].end = words[i].start + longest
    else if (isAmong(words[i - 1].text, ENDS_OF_SENTENCES)) words[i].start = words[i].end - longest
  }
}

/** Joins punctuation with the words that it belongs to; what has been joined is left empty. */
function joinPunctuation(words: TimedWord[], { prepend, append }: Punctuation): void {
  for (let i = words.length - 2, j = words.length - 1; i >= 0; i--) {
    const [before, after] = [words[i], words[j]]
    if (before.text.startsWith(' ') && isAmong(before.text.trim(), prepend)) {
      after.text = before.text + after.text
      after.tokens = [...before.tokens, ...after.tokens]
      before.text = ''
      before.tokens = []
    } else j = i
  }
  for (let i = 0, j = 1; j < words.length; j++) {
    const [before, after] = [words[i], words[j]]
    if (!before.text.endsWith(' ') && isAmong(after.text, append)) {
      before.text += after.text
      before.tokens = [...before.tokens, ...after.tokens]
      after.text = ''
      after.tokens = []
    } else i = j
  }
}

function medianOf(values: readonly number[]): number {
  if (!values.length) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const rounded = (seconds: number) => Math.round(seconds * 100) / 100

/**
 * Gives the segments of one window their words, and the segments the times of their words (openai/whisper, timing.py, add_word_timestamps).
 * `offset` is where the window begins, `spoken` where the speech before it ended, in seconds; returns where speech ends now.
 */
export function addWords(
  segments: TranscriptSegment[],
  { words: given, alignment }: { words: readonly SpokenWord[]; alignment: Alignment },
  punctuation: Punctuation,
  endOfText: number,
  { offset, spoken }: { offset: number; spoken: number },
): number {
  const words = timed(given, alignment)
  const median = Math.min(USUAL, medianOf(words.map(({ start, end }) => end - start).filter((length) => length !== 0)))
  shortenAtSentences(words, 2 * median)
  joinPunctuation(words, punctuation)
  let next = 0
  for (const segment of segments) {
    const tokens = segment.tokens.filter((id) => id < endOfText).length
    const own: TranscriptWord[] = []
    for (let saved = 0; next < words.length && saved < tokens; next++) {
      const { text, start, end, probability, tokens: ofWord } = words[next]
      if (text) own.push({ word: text, start: rounded(offset + start), end: rounded(offset + end), probability })
      saved += ofWord.length
    }
    if (own.length) spoken = fitted(segment, own, median, spoken)
    segment.words = own
  }
  return spoken
}

/** Brings a segment and its words together: long words at its edges are cut, and its times become those of its words. */
function fitted(segment: TranscriptSegment, words: TranscriptWord[], median: number, spoken: number): number {
  const longest = 2 * median
  const [first, second] = words
  const last = lastOf(words)
  const isLong = first.end - first.start > longest || (second && second.end - first.start > 2 * longest)
  if (first.end - spoken > 4 * median && isLong) {
    if (second && second.end - second.start > longest) {
      const boundary = Math.max(second.end / 2, second.end - longest)
      first.end = boundary
      second.start = boundary
    }
    first.start = Math.max(0, first.end - longest)
  }
  if (segment.start < first.end && segment.start - 0.5 > first.start)
    first.start = Math.max(0, Math.min(first.end - median, segment.start))
  else segment.start = first.start
  if (segment.end > last.start && segment.end + 0.5 < last.end) last.end = Math.max(last.start + median, segment.end)
  else segment.end = last.end
  return segment.end
}
