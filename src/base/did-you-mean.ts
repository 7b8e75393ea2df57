/** The maximum edit distance between a word and a suggested name, and the minimum share of letters that both have. */
const MOST_EDITS = 3
const LEAST_LIKENESS = 0.5

/** The longest word that gets a suggestion; longer words are not misspelled names. */
const LONGEST = 64

/**
 * The end of an error's message, ` (Did you mean beams?)`, where `word` is nearly one of the names; else ''. Only
 * letters count; case, hyphens and underscores do not: max_tokens is nearly maxTokens. All names are listed that are
 * equally near.
 */
export function didYouMean(word: unknown, names: Iterable<string>): string {
  const near = typeof word === 'string' ? nearest(word, new Set(names)) : []
  if (!near.length) return ''
  return ` (Did you mean ${near.length > 1 ? `one of ${near.join(', ')}` : near[0]}?)`
}

/** The names nearest to `word`; none where no name is near enough. */
export function nearest(word: string, names: Iterable<string>): string[] {
  if (word.length > LONGEST) return []
  const plain = lettersOf(word)
  let fewest = MOST_EDITS
  let near: string[] = []
  for (const name of names) {
    const letters = lettersOf(name)
    const length = Math.max(plain.length, letters.length)
    if (Math.min(plain.length, letters.length) < 2 || length > LONGEST || name === word) continue
    const edits = editsBetween(plain, letters)
    if (edits > fewest || (length - edits) / length < LEAST_LIKENESS) continue
    if (edits < fewest) near = []
    fewest = edits
    near.push(name)
  }
  return near
}

const lettersOf = (name: string) => name.toLowerCase().replace(/[-_\s]/g, '')

/**
 * The optimal string alignment distance of a and b: the number of letters inserted, left out, replaced, or exchanged
 * with the next.
 */
function editsBetween(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    rows.push([i])
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      const exchanged =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : replaced
      rows[i].push(Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced, exchanged))
    }
  }
  return rows[a.length][b.length]
}
