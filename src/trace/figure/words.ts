import { lastOf } from '../../base/present.ts'
import type { Side } from '../../draw/marks/side.ts'
import type { Trace } from '../data/trace.ts'
import type { AttentionView } from './attention.ts'

/** The tokens of one word, by their indices among the tokens of a side. */
type Groups = number[][]

/**
 * Subwords merged into words: attention to a word is the sum over its pieces, and attention from a word is the mean
 * over its pieces, so that rows still sum to 1 (Clark et al. 2019, 5.1). Marks of a word name all of its tokens.
 */
export function mergedWords(view: AttentionView, trace: Pick<Trace, 'source' | 'target'>): AttentionView {
  const [queries, keys] = [view.queries, view.keys].map((side) => groupsOf(side, trace))
  const width = view.keys.tokens.length
  return {
    queries: joined(view.queries, queries),
    keys: joined(view.keys, keys),
    heads: view.heads.map((weights) => {
      const merged = new Float32Array(queries.length * keys.length)
      for (const [row, rows] of queries.entries())
        for (const [column, columns] of keys.entries())
          for (const query of rows)
            for (const key of columns) merged[row * keys.length + column] += weights[query * width + key] / rows.length
      return merged
    }),
  }
}

function groupsOf({ marks }: Side, { source, target }: Pick<Trace, 'source' | 'target'>): Groups {
  const wordOf = (mark: string) => {
    const [side, at] = mark.split(':')
    return (side === 'source' ? source : target).words[Number(at)] ?? -1
  }
  const groups: Groups = []
  for (const [i, mark] of marks.entries()) {
    const word = wordOf(mark)
    if (i > 0 && word >= 0 && word === wordOf(marks[i - 1])) lastOf(groups).push(i)
    else groups.push([i])
  }
  return groups
}

const joined = ({ name, tokens, marks }: Side, groups: Groups): Side => ({
  name,
  tokens: groups.map((group) => joinedToken(group.map((i) => tokens[i]))),
  marks: groups.map((group) => group.map((i) => marks[i]).join(' ')),
})

/** Pieces as one word: '_' represents a space, and '·' marks a piece that continues a word. */
const joinedToken = ([first, ...more]: string[]): string =>
  more.length ? [first === '_' ? '' : first, ...more.map((token) => token.replace(/^·/, ''))].join('') : first
