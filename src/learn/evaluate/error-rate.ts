/** Edits that make a reference from what was heard, over a number of units: words or characters. */
export interface ErrorCounts {
  substitutions: number
  /** Units that were heard and not said. */
  insertions: number
  /** Units that were said and not heard. */
  deletions: number
  /** Units of the reference. */
  units: number
}

export const noErrors: ErrorCounts = { substitutions: 0, insertions: 0, deletions: 0, units: 0 }

/**
 * The fewest edits between two sequences (Levenshtein's distance). Among alignments of as few edits, the one with the
 * fewest substitutions counts, which
 * has the most units right. Time grows with the product of the lengths, memory with the length of `heard`.
 */
export function errorsOf(said: readonly string[], heard: readonly string[]): ErrorCounts {
  // One number orders alignments: the edits first, then the substitutions.
  const EDIT = 2 ** 26
  let above = Float64Array.from({ length: heard.length + 1 }, (_, j) => j * EDIT)
  let row = new Float64Array(heard.length + 1)
  for (const [i, unit] of said.entries()) {
    row[0] = (i + 1) * EDIT
    for (let j = 0; j < heard.length; j++)
      row[j + 1] = Math.min(above[j] + (unit === heard[j] ? 0 : EDIT + 1), above[j + 1] + EDIT, row[j] + EDIT)
    ;[above, row] = [row, above]
  }
  const edits = Math.floor(above[heard.length] / EDIT)
  const substitutions = above[heard.length] % EDIT
  // Insertions and deletions are the other edits, and differ by what the lengths differ.
  const insertions = (edits - substitutions + heard.length - said.length) / 2
  return { substitutions, insertions, deletions: edits - substitutions - insertions, units: said.length }
}

/** Errors in words; words stand between spaces. */
export const wordErrors = (said: string, heard: string): ErrorCounts => errorsOf(wordsIn(said), wordsIn(heard))

/** Errors in characters, which are code points; a space between words is one too. */
export const characterErrors = (said: string, heard: string): ErrorCounts =>
  errorsOf([...said.trim()], [...heard.trim()])

const wordsIn = (text: string) => text.split(' ').filter((word) => word !== '')

/** The errors of two texts together. */
export const added = (a: ErrorCounts, b: ErrorCounts): ErrorCounts => ({
  substitutions: a.substitutions + b.substitutions,
  insertions: a.insertions + b.insertions,
  deletions: a.deletions + b.deletions,
  units: a.units + b.units,
})

/** All edits over the units of the reference; more than 1 where much was invented. */
export const errorRate = ({ substitutions, insertions, deletions, units }: ErrorCounts): number =>
  (substitutions + insertions + deletions) / units
