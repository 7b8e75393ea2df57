import { counted, whole } from '../../base/values/number-text.ts'
import type { CorpusReport } from '../../learn/train/pairs/corpus.ts'
import { RedrawnLine } from './redrawn-line.ts'

/** 'lines without a pair, passed over: 3 of 1,000' */
export const passedOver = ({ lines, malformed, unit }: CorpusReport): string =>
  `${unit ?? 'line'}s without a pair, passed over: ${whole(malformed)} of ${whole(lines)}`

/** The progress of a long translation. */
export interface Progress {
  /** Reports that `texts` texts are done, and with them `part` of the total. */
  reached(texts: number, part: number): void
  /** Prints a line of text on standard error, above the redrawn line. */
  say(text: string): void
  /** Restores the terminal. */
  end(): void
}

export const silent: Progress = {
  reached() {},
  say: (text) => process.stderr.write(`${text}\n`),
  end() {},
}

/** The singular name of a text. */
type TextUnit = 'line' | 'sentence' | 'text' | 'picture'

/** Width of the bar in characters. */
const BAR = 16

/** Whether a command draws its progress: as asked, else where standard error is a terminal. */
export const isProgressShown = (asked: boolean | undefined): boolean => asked ?? process.stderr.isTTY === true

/** Draws the progress of texts, or nothing: see `isProgressShown` and `showProgress`. */
export const openProgress = async (
  asked: boolean | undefined,
  total: number | null,
  unit: TextUnit,
): Promise<Progress> => (isProgressShown(asked) ? showProgress(total, unit) : silent)

/**
 * Draws a line on standard error: a bar and the time left where the total amount of work is known (in the unit of
 * `reached`), else only the rate.
 */
async function showProgress(total: number | null, unit: TextUnit): Promise<Progress> {
  const line = await RedrawnLine.open()
  const began = performance.now()
  const partsOf = (texts: number, part: number) => {
    const seconds = (performance.now() - began) / 1000
    const share = total ? Math.min(1, part / total) : 0
    return [
      ...(total === null ? [] : [`${bar(share)} ${Math.floor(100 * share)} %`]),
      ...(isKnown(seconds, share) ? [`${duration((seconds * (1 - share)) / share)} left`] : []),
      counted(texts, unit),
      ...(texts ? [`${counted(texts / seconds, unit)}/s`] : []),
    ]
  }
  const reached = (texts: number, part: number) => line.draw(() => partsOf(texts, part))
  reached(0, 0)
  return { reached, say: (text) => line.say(text), end: () => line.clear() }
}

/**
 * Whether the time left can be estimated from the elapsed seconds and the share done: the first texts finish all at
 * once.
 */
export const isKnown = (seconds: number, share: number): boolean => share > 0 && (seconds >= 3 || share >= 0.1)

export const bar = (share: number) => '█'.repeat(BAR * share).padEnd(BAR, '░')

/** 75 → '1 min 15 s'. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  if (hours) return `${hours} h ${minutes} min`
  return minutes ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
