/** A word of a translation, and whether the reference has the word too, in the same order. */
export interface MatchedWord {
  word: string
  matches: boolean
}

/** Compares the words of a hypothesis with the words of a reference, by a longest common subsequence. */
export function matchWords(hypothesis: string, reference: string): MatchedWord[] {
  const ours = words(hypothesis)
  const theirs = words(reference)
  const common = commonLengths(ours, theirs)
  const matched: MatchedWord[] = []
  for (let i = 0, j = 0; i < ours.length; ) {
    const matches = ours[i] === theirs[j]
    if (!matches && j < theirs.length && common[i][j + 1] >= common[i + 1][j]) j++
    else {
      matched.push({ word: ours[i++], matches })
      if (matches) j++
    }
  }
  return matched
}

/** [i][j] is the length of the longest common subsequence of our words from i on and theirs from j on. */
function commonLengths(ours: readonly string[], theirs: readonly string[]): number[][] {
  const common = Array.from({ length: ours.length + 1 }, () => new Array<number>(theirs.length + 1).fill(0))
  for (let i = ours.length - 1; i >= 0; i--)
    for (let j = theirs.length - 1; j >= 0; j--)
      common[i][j] = ours[i] === theirs[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1])
  return common
}

const words = (text: string) => text.split(/\s+/).filter(Boolean)
