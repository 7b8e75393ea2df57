import { GlassformerError, Weights } from 'glassformer'
import { initialize, ModelInspector, parts } from 'glassformer/inspect'
import { afterAll, describe, expect, it } from 'vitest'
import { modelConfig } from '../../learn/train/small-model.ts'

const weights = new Weights(modelConfig)
initialize(weights, 1)
const inspector = ModelInspector.of(weights, { backend: 'js' })
afterAll(() => inspector.close())
const sources = [
  [3, 4, 0],
  [5, 0],
]
const pairs = sources.map((source) => ({ source, target: source }))

describe('an inspector of weights in memory', () => {
  it.each(parts)('lists the program of the part %s, and one run of it with its shapes', (part) => {
    const program = inspector.program(part)
    const lines = program.instructions.length
    expect(inspector.listing(part)).toBe(program.toString())
    expect(inspector.listing(part)).toContain(`${lines} instructions`)
    expect(inspector.listing(part, { sources })).toMatch(part === 'step' ? /R = 2/ : /S = 5/)
  })

  it('measures every instruction', () => {
    const { times, plays, listing } = inspector.profile('encoder', { sources }, 0)
    expect(times).toHaveLength(inspector.program('encoder').instructions.length)
    expect(Math.min(...times)).toBeGreaterThan(0)
    expect(plays).toBeGreaterThanOrEqual(5)
    expect(listing).toMatch(/total: .* in .*s/)
  })

  it('traces values by their names, attention weights as distributions over the source', () => {
    const [logits, weights] = inspector.trace(pairs, ['output.out', 'decoder.0.crossAttention.weights'])
    expect(logits).toHaveLength(5 * modelConfig.targetVocabulary)
    expect(weights).toHaveLength((9 + 4) * modelConfig.decoder.heads)
    const [layer] = inspector.crossAttention(pairs[0])
    expect([layer.heads, layer.queries, layer.keys]).toEqual([2, 3, 3])
    for (let row = 0; row < 6; row++)
      expect(layer.values.slice(3 * row, 3 * row + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
  })

  it.each([
    ['a part that is none', () => inspector.listing('decoder' as 'step')],
    ['a name that is not there', () => inspector.trace(pairs, ['decoder.9.out'])],
    ['an option that is none', () => ModelInspector.of(weights, { thread: 1 } as object)],
    ['no threads', () => ModelInspector.of(weights, { threads: 0 })],
    ['a precision that is none', () => ModelInspector.load(undefined, { precision: 'int2' as 'int8' })],
    ['a shortlist that is not there', () => inspector.program('step', { shortlist: true })],
    ['a length that is none', () => inspector.listing('step', { sources, length: 0 })],
  ])("refuses %s by an error of the package's class", (_, act) => {
    expect(act).toThrow(GlassformerError)
    expect(act).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })
})

it('weights in memory have no tokenizer, which is an error', () => {
  expect(() => inspector.tokenizer.encode('Oui.')).toThrow(
    expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringContaining('no tokenizer') }),
  )
})

it('an inspector of the embedded model runs the programs of a translation', () => {
  const embedded = ModelInspector.load(undefined, { backend: 'js', threads: 100_000 })
  try {
    expect(embedded.tokenizer.decode(embedded.tokenizer.encode('Oui.'), { side: 'source' })).toBe('Oui.')
    expect(embedded.listing('step', { sources: [[5, 0]], length: 2 })).toMatch(/^step · \d+ instructions · .*R = 4/)
  } finally {
    embedded.close()
  }
})
