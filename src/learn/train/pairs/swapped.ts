import { eld } from 'eld/extrasmall'
import { languageTag } from '../../../language/text/languages.ts'
import type { Pair } from './pair.ts'

/** Pairs that are looked at, and the fewest of them that tell. */
const READ = 300
const FEWEST = 8

/**
 * Whether a file has its sides the other way round: of the pairs whose sides are of these two languages, by their letters, most have the
 * target's language as their source. False where the detector does not know one of the languages.
 */
export async function areSwapped(
  pairs: AsyncIterable<Pair>,
  { source, target }: { source?: string; target?: string },
): Promise<boolean> {
  const [from, to] = [codeOf(source), codeOf(target)]
  if (from === undefined || to === undefined || from === to) return false
  let [read, straight, swapped] = [0, 0, 0]
  for await (const pair of pairs) {
    if (++read > READ) break
    const [first, second] = [eld.detect(pair.source).getScores(), eld.detect(pair.target).getScores()]
    const straightScore = (first[from] ?? 0) + (second[to] ?? 0)
    const swappedScore = (first[to] ?? 0) + (second[from] ?? 0)
    if (straightScore > swappedScore) straight++
    else if (swappedScore > straightScore) swapped++
  }
  return swapped >= FEWEST && swapped > 2 * straight
}

/** The detector's code of a language; undefined for one that it does not know. */
function codeOf(language: string | undefined): string | undefined {
  const tag = language === undefined ? undefined : languageTag(language)
  const code = tag === undefined ? undefined : new Intl.Locale(tag).language
  return code !== undefined && Object.values(eld.info().Languages).includes(code) ? code : undefined
}
