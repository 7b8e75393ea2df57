import type { TracedOriginPart, TracedOriginRow } from '../data/trace.ts'
import type { AttentionParts, Computed, TensorOrigin } from '../edits/tensor-origin.ts'
import { type Plan, type ReadTensor, rowNamed, rowOf } from './plan.ts'

/** A score of a query and a key: their product, that times the scale, or that with the mask. */
export function scoreOf(
  stage: 'scores' | 'scaledScores' | 'maskedScores',
  of: AttentionParts,
  at: readonly number[],
): Plan {
  const { path, heads, scale, query, key, relativeKeys, distanceBias } = of
  const before = stage === 'maskedScores' ? 'scaledScores' : 'scores'
  const cell = (read: ReadTensor): TracedOriginPart => {
    const { values, width } = read({ by: 'scores', stage: before, attention: of })
    const queries = values.length / heads / width
    const value = values[(at[0] * queries + at[1]) * width + at[2]]
    return { name: before, value, tensor: `${path}.${before}`, at: [...at] }
  }
  const needs: TensorOrigin[] = [query, key, { by: 'scores', stage: before, attention: of }]
  if (stage === 'maskedScores') return { needs, told: (read) => ({ rule: 'mask', parts: [cell(read)] }) }
  if (stage === 'scaledScores')
    return { needs, told: (read) => ({ rule: 'scaled', parts: [cell(read), { name: 'scale', value: scale }] }) }
  const [head, row, other] = at
  const part = (name: 'query' | 'key', origin: Computed, index: number, read: ReadTensor): TracedOriginRow => {
    const whole = rowOf(read(origin), index)
    const dHead = whole.length / heads
    const from = head * dHead
    return rowNamed(`${path}.${name}`, [index, null], whole.slice(from, from + dHead), from)
  }
  return {
    needs,
    told: (read) => ({
      rule: 'scores',
      left: part('query', query, row, read),
      right: part('key', key, other, read),
      parts: [],
      ...((relativeKeys ?? distanceBias) !== null && { rest: 'distance' }),
    }),
  }
}

/** A weight of attention: the softmax of its row of scores. */
export function weightOf(attention: AttentionParts, at: readonly number[]): Plan {
  const { path, heads } = attention
  const [head, row, own] = at
  const masked: TensorOrigin = { by: 'scores', stage: 'maskedScores', attention }
  return {
    needs: [masked],
    told: (read) => {
      const { values, width } = read(masked)
      const first = (head * (values.length / heads / width) + row) * width
      const scores = Array.from(values.subarray(first, first + width))
      const highest = Math.max(...scores)
      const sum = scores.reduce((total, score) => total + Math.exp(score - highest), 0)
      return {
        rule: 'softmax',
        left: rowNamed(`${path}.maskedScores`, [head, row, null], scores),
        parts: [
          { name: 'score', value: scores[own], tensor: `${path}.maskedScores`, at: [...at] },
          { name: 'highest', value: highest },
          { name: 'powers', value: sum },
        ],
      }
    },
  }
}
