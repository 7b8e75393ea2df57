import { present } from '../../base/present.ts'
import type { TranscriptSegment, TranscriptWord } from './transcript.ts'

/** Seconds from the begin of the sound. */
interface WindowTimes {
  begin: number
  /** Where the sound in the window ends. */
  end: number
  /** Where the whole window ends, past the sound perhaps. */
  whole: number
  /** Where the sound ends. */
  last: number
}

const PUNCTUATION = '"\'“¿([{-"\'.。,，!！?？:：”)]}、'

/** How odd a word is: improbable, very short or very long. */
function anomaly({ probability, start, end }: TranscriptWord): number {
  const length = end - start
  return (probability < 0.15 ? 1 : 0) + (length < 0.133 ? (0.133 - length) * 15 : 0) + (length > 2 ? length - 2 : 0)
}

function isAnomaly(segment: TranscriptSegment | undefined): boolean {
  if (!segment?.words?.length) return false
  const words = segment.words.filter(({ word }) => !PUNCTUATION.includes(word)).slice(0, 8)
  const score = words.reduce((sum, word) => sum + anomaly(word), 0)
  return score >= 3 || score + 0.01 >= words.length
}

const withWords = (segments: readonly TranscriptSegment[]) => segments.find(({ words }) => words?.length)

/**
 * Finds segments of a window that look invented, in silence of more than `threshold` seconds: they and all segments after them are left
 * out, and the sound is heard again from `seek`, in seconds (openai/whisper, transcribe.py, hallucination_silence_threshold). Null: there
 * are none.
 */
export function invented(
  segments: readonly TranscriptSegment[],
  { begin, end, whole, last }: WindowTimes,
  spoken: number,
  threshold: number,
): { keep: number; seek: number } | null {
  const first = withWords(segments)
  if (first && isAnomaly(first) && first.start - begin > threshold) return { keep: 0, seek: first.start }
  let before = spoken
  for (const [i, segment] of segments.entries()) {
    if (!segment.words?.length) continue
    if (isAnomaly(segment)) {
      const next = withWords(segments.slice(i + 1))
      const after = next ? present(next.words)[0].start : end
      const isSilentBefore =
        segment.start - before > threshold || segment.start < threshold || segment.start - begin < 2
      const isSilentAfter = after - segment.end > threshold || isAnomaly(next) || whole - segment.end < 2
      if (isSilentBefore && isSilentAfter)
        return { keep: i, seek: last - segment.end < threshold ? last : Math.max(begin + 1, segment.start) }
    }
    before = segment.end
  }
  return null
}
