import { hasTopNorm } from '../../base/choices/norm-order.ts'
import { lastOf } from '../../base/present.ts'
import type { FlowMatrix } from '../../draw/architecture.ts'
import type { Side } from '../../draw/marks/side.ts'
import type { Trace } from '../data/trace.ts'
import type { AttentionView } from './attention.ts'

/** The output tensors of the model's parts, as patterns of names. */
export const partTensors = ['*.embedding', '*.embedded', '**.output', '**.normed']

/** The output of each part of the model, from the tensors in a trace. */
export function partStrips({ tensors, model: { norm } }: Pick<Trace, 'tensors' | 'model'>): Record<string, FlowMatrix> {
  const strips: Record<string, FlowMatrix> = {}
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const part = partOf(name, norm.order)
    if (part !== null) strips[part] = { rows: shape[0], width: shape[1], values }
  }
  return strips
}

/** The part whose output a tensor is; null: not an output in the drawing. */
function partOf(name: string, order: Trace['model']['norm']['order']): string | null {
  const [, stack, what] = /^(encoder|decoder)\.(embedding|embedded|output)$/.exec(name) ?? []
  if (what === 'embedding') return name
  if (what === 'embedded') return `${stack}.positions`
  if (what === 'output') return hasTopNorm(order) ? `${stack}.norm` : null
  return (
    /^(.*\.(?:selfAttention|ssru|averageAttention|convolution|crossAttention|feedForward)(?:(?:Input)?Norm)?)\.(?:output|normed)$/.exec(
      name,
    )?.[1] ?? null
  )
}

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
