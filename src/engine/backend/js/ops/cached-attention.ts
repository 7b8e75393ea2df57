import { rowsOfSpans, spanAt, spanLength } from '../../interface/spans.ts'
import { attend, keepWeights, keysAndValues } from '../attention/attend.ts'
import { checkPairs, checkRange, checkSpans } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkCachedAttention: Check<'cachedAttention'> = ({ k, ancestors, spans, weights }) => {
  checkRange('cachedAttention', 'ancestor', ancestors, 0, k.rows)
  checkSpans('cachedAttention', 'spans', spans, ancestors.rows)
  checkPairs('cachedAttention', weights, rowsOfSpans(spans))
}

export const cachedAttention: Kernel<'cachedAttention'> = (call) => {
  const { q, k, v, ancestors, spans, weights } = call
  let pair = 0
  for (let row = 0; row < q.rows; row++) {
    const first = ancestors.offset + spanAt(spans, row) * ancestors.stride
    const length = spanLength(spans, row)
    const seenKeys = keysAndValues(k, v, length, (j) => ancestors.data[first + j * ancestors.stride])
    attend(call, seenKeys, { row, length, place: length - 1, dropout: null })
    if (weights) keepWeights(weights, pair, length, length)
    pair += length
  }
}
