import { lastOf } from '../../base/present.ts'
import { type Given, settings } from '../../base/schema/settings.ts'
import { flag, positiveInteger } from '../../base/schema/types.ts'
import type { Transcript, TranscriptSegment, TranscriptWord } from './transcript.ts'

/** How a transcript becomes subtitles. All but `maxLineWidth` need word times, and have no effect without them. */
export const cueSettings = settings({
  maxLineWidth: {
    type: positiveInteger,
    optional: true,
    otherwise: 'any number',
    flag: '--max-line-width <n>',
    says: 'characters of a line of subtitles at most; lines are broken between words',
  },
  maxLineCount: {
    type: positiveInteger,
    optional: true,
    otherwise: 'any number',
    flag: '--max-line-count <n>',
    says: 'lines of a subtitle at most; with --max-line-width, subtitles go on beyond the ends of segments',
  },
  maxWordsPerLine: {
    type: positiveInteger,
    optional: true,
    otherwise: 'any number',
    flag: '--max-words-per-line <n>',
    says: 'words of a subtitle at most',
  },
  highlightWords: {
    type: flag,
    default: false,
    flag: '--highlight-words',
    says: 'underlines each word while it is spoken: a subtitle for each word',
  },
})

/** How a transcript becomes subtitles: see `cueSettings`. */
export interface CueOptions extends Given<typeof cueSettings> {}

/** A subtitle: its text, and the seconds from and to which it is shown. */
export interface Cue {
  start: number
  end: number
  text: string
}

/** A pause that ends a subtitle, in seconds. */
const LONG_PAUSE = 3
const NO_LIMIT = 1000

/** The subtitles of a transcript, by the rules of OpenAI's writers (whisper/utils.py). */
export function* cues(transcript: Pick<Transcript, 'segments'>, options: CueOptions = {}): Generator<Cue> {
  const { segments } = transcript
  if (!segments[0]?.words) {
    for (const { start, end, text } of segments) yield { start, end, text: wrapped(text.trim(), options.maxLineWidth) }
    return
  }
  for (const words of cueWords(segments, options)) {
    if (options.highlightWords) yield* highlighted(words)
    else yield { start: words[0].start, end: lastOf(words).end, text: words.map(({ word }) => word).join('') }
  }
}

/** A text with line ends between words, where it is longer than `width`. */
function wrapped(text: string, width = NO_LIMIT): string {
  if (text.length <= width) return text
  let length = 0
  const parts = text.split(/(?<=\s)(?=\S)/).map((part) => {
    const isBroken = length > 0 && length + part.trimEnd().length > width
    length = (isBroken ? 0 : length) + part.length
    return isBroken ? `\n${part}` : part
  })
  return parts.join('').replace(/ +\n/g, '\n')
}

/** The words of each subtitle; those that begin a line but the first have a line end before them. */
function* cueWords(segments: readonly TranscriptSegment[], options: CueOptions): Generator<TranscriptWord[]> {
  const { maxLineWidth, maxLineCount, maxWordsPerLine = NO_LIMIT } = options
  const keepsSegments = maxLineCount === undefined || maxLineWidth === undefined
  let words: TranscriptWord[] = []
  let length = 0 // of the line under way
  let lines = 1
  let last = segments[0].start // when the word before began
  for (const { words: all = [] } of segments) {
    for (const [i, timed] of all.entries()) {
      const isPause = !keepsSegments && timed.start - last > LONG_PAUSE
      const isBreak = i % maxWordsPerLine === 0 && words.length > 0 && keepsSegments
      const hasRoom = length > 0 && length + timed.word.length <= (maxLineWidth ?? NO_LIMIT)
      let { word } = timed
      if (hasRoom && !isPause && !isBreak) length += word.length
      else {
        word = word.trim()
        const isFull = words.length > 0 && maxLineCount !== undefined && (isPause || lines >= maxLineCount)
        if (isFull || isBreak) {
          yield words
          words = []
          lines = 1
        } else if (length > 0) {
          lines++
          word = `\n${word}`
        }
        length = word.trim().length
      }
      words.push({ ...timed, word })
      last = timed.start
    }
  }
  if (words.length > 0) yield words
}

/** One subtitle for each word of a subtitle, in which that word is underlined, and one for each pause between them. */
function* highlighted(words: readonly TranscriptWord[]): Generator<Cue> {
  let last = words[0].start
  const plain = words.map(({ word }) => word)
  for (const [i, { start, end, word }] of words.entries()) {
    if (milliseconds(last) !== milliseconds(start)) yield { start: last, end: start, text: plain.join('') }
    yield { start, end, text: plain.with(i, word.replace(/^(\s*)(.*)$/s, '$1<u>$2</u>')).join('') }
    last = end
  }
}

export const milliseconds = (seconds: number): number => Math.round(1000 * seconds)
