import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { checkConfig } from '#dist/engine/model/config/config.js'
import { backends } from '../../backends.ts'
import { modelConfig } from '../../learn/train/small-model.ts'
import { expectGoldenAttention, type GoldenAttention } from './golden-self-attention.ts'

const golden: { cases: GoldenAttention[] } = JSON.parse(
  readFileSync(new URL('../../golden/rotary-positions/rotary-positions.json', import.meta.url), 'utf8'),
)

describe.each(backends)('self-attention with rotary positions ($name)', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(golden.cases)("has PyTorch's values and gradients, causal: $causal", (expected) => {
    expectGoldenAttention(player, { kind: 'rotary', base: 100 }, expected)
  })
})

it('refuses heads of an odd width, whose numbers make no pairs', () => {
  const decoder = { ...modelConfig.decoder, dHead: 5 }
  expect(() => checkConfig({ ...modelConfig, decoder, positions: { kind: 'rotary', base: 100 } }, 'a model')).toThrow(
    'positions rotary need an even decoder.dHead, not 5',
  )
})
