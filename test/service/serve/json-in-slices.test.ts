import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonInSlices } from '#dist/service/serve/running/json-in-slices.js'

describe('an answer in slices', () => {
  it('is what JSON.stringify writes', async () => {
    const value = fc.object({ withNullPrototype: false, values: [fc.string(), fc.double(), fc.constant(undefined)] })
    await fc.assert(
      fc.asyncProperty(value, async (each) => {
        expect(await jsonInSlices(each)).toBe(JSON.stringify(each))
      }),
    )
    expect(await jsonInSlices({})).toBe('{}')
  })

  it('of a million numbers lets others have turns', async () => {
    const scores = Array.from({ length: 1_000_000 }, (_, i) => -i / 7)
    const answer = { model: 'a', translations: [{ text: 'b', alternatives: [{ tokenScores: scores }] }] }
    let turns = 0
    const count = () => {
      turns++
      counting = setImmediate(count)
    }
    let counting = setImmediate(count)
    const text = await jsonInSlices(answer)
    clearImmediate(counting)
    expect(turns).toBeGreaterThan(3)
    expect(text).toBe(JSON.stringify(answer))
  })
})
