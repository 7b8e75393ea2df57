import { describe, expect, it } from 'vitest'
import { normalizerSpec } from '#dist/learn/train/vocabulary/normalization.js'
import { WordCounts } from '#dist/learn/train/vocabulary/sentencepiece-vocabulary.js'
import { BoundedCounts } from '#dist/learn/train/vocabulary/words-vocabulary.js'

function count(texts: string[], mostWords?: number): Record<string, number> {
  const counts = new BoundedCounts(mostWords)
  const counter = new WordCounts(normalizerSpec('nmt_nfkc'), counts)
  for (const text of texts) counter.add(text)
  return Object.fromEntries(counts.words)
}

describe('WordCounts', () => {
  it('counts normalized words, each with its ▁', () => {
    expect(count(['the  cat', 'ﬁne the\u00a0cat '])).toEqual({ '▁the': 2, '▁cat': 2, '▁fine': 1 })
  })

  it('counts nothing in a text without letters', () => expect(count(['', ' \u200b '])).toEqual({}))

  it('drops the rarest words when there are too many', () => {
    const rare = Array.from({ length: 500 }, (_, k) => `rare${k}`)
    const words = count(['often often', ...rare, 'often'], 100)
    expect(words['▁often']).toBe(3)
    expect(Object.keys(words).length).toBeLessThanOrEqual(100)
  })
})
