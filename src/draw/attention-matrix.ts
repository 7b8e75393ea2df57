import type { Picture } from './marks/element.ts'
import { matrix } from './marks/matrix.ts'
import type { Side } from './marks/side.ts'

/** One number for each query and key: weights, or scores before softmax. */
export interface AttentionMatrix {
  title: string
  queries: Side
  keys: Side
  /** [queries · keys], row by row. */
  values: ArrayLike<number>
  /** Weights are from 0 to 1; scores are signed, and −∞ where masked. */
  scale: 'weights' | 'signed'
  /** Approximate width of the picture in pixels; default 720. */
  width?: number
}

/** The maximum number of queries whose most attended key the description names. */
const MOST_TOLD = 40

/**
 * The matrix view: a row for each query, a column for each key, a deeper color for more weight; values where there is
 * room. Labels carry `data-token`, cells `data-query` and `data-key` (above a limit, the matrix is one image).
 */
export function attentionMatrix({ title, queries, keys, values, scale, width }: AttentionMatrix): Picture {
  const sides = `A row for each query of ${queries.name} (${queries.tokens.join(' ')}), a column for each key of ${keys.name} (${keys.tokens.join(' ')}).`
  return matrix({
    title,
    description: `${sides} ${strongest({ title, queries, keys, values, scale })}`,
    rows: queries,
    columns: keys,
    values,
    scale,
    width,
    captions: { columns: `looks at ${keys.name}`, rows: queries.name },
    marks: (row, column) => ({ 'data-query': queries.marks[row], 'data-key': keys.marks[column] }),
  })
}

/** The key that each query attends to most. */
function strongest({ queries, keys, values, scale }: AttentionMatrix): string {
  if (scale !== 'weights' || queries.tokens.length > MOST_TOLD || !keys.tokens.length) return ''
  const width = keys.tokens.length
  return queries.tokens
    .map((token, row) => {
      let best = 0
      for (let key = 1; key < width; key++) if (values[row * width + key] > values[row * width + best]) best = key
      return `${token}: most at ${keys.tokens[best]}, ${values[row * width + best].toFixed(2)}`
    })
    .join('; ')
}
