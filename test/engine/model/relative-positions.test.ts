import { readFileSync } from 'node:fs'
import { afterAll, describe, it } from 'vitest'
import { backends } from '../../backends.ts'
import { expectGoldenAttention, type GoldenAttention } from './golden-self-attention.ts'

const golden: { cases: GoldenAttention[] } = JSON.parse(
  readFileSync(new URL('../../golden/relative-positions/relative-positions.json', import.meta.url), 'utf8'),
)

describe.each(backends)('self-attention with relative positions ($name)', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(golden.cases)("has PyTorch's values and gradients, causal: $causal", (expected) => {
    const tables = { relativeKeys: 0.9, relativeValues: 1.9 }
    expectGoldenAttention(player, { kind: 'relative', clip: 2 }, expected, tables)
  })
})
