import { pairsOfSpans, spanAt, spanLength } from '../../interface/spans.ts'
import { attend, keepWeights, keysAndValues } from '../attention/attend.ts'
import { checkPairs, checkSpans, checkTiling } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { checkPlaces, placeOf, seenFrom } from '../operands/places.ts'

export const checkAttention: Check<'attention'> = ({ q, k, queries, keys, at, weights }) => {
  checkSpans('attention', 'queries', queries, q.rows)
  checkSpans('attention', 'keys', keys, k.rows)
  checkTiling('attention', queries, q.rows)
  checkPlaces('attention', at)
  checkPairs('attention', weights, pairsOfSpans(queries, keys))
}

export const attention: Kernel<'attention'> = (call) => {
  const { k, v, queries, keys, seed, weights, dropout: rate, site } = call
  const dropout = rate && seed ? { seed, site, rate } : null
  let pair = 0
  for (let b = 0; b < queries.rows; b++) {
    const firstKey = spanAt(keys, b)
    const allKeys = spanLength(keys, b)
    const seenKeys = keysAndValues(k, v, allKeys, (j) => firstKey + j)
    for (let i = 0; i < spanLength(queries, b); i++, pair += allKeys) {
      const place = placeOf(call, b, i)
      const length = seenFrom(call, place, allKeys)
      attend(call, seenKeys, { row: spanAt(queries, b) + i, length, place, dropout })
      if (weights) keepWeights(weights, pair, length, allKeys)
    }
  }
}
