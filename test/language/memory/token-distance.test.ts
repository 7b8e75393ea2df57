import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Numbers } from '#dist/language/memory/numbers.js'
import { TokenDistance } from '#dist/language/memory/token-distance.js'

/** The definition: Levenshtein's recursion over whole prefixes. */
function levenshtein(a: readonly number[], b: readonly number[]): number {
  const table = [...a, 0].map(() => new Array(b.length + 1).fill(0))
  for (let i = 0; i <= a.length; i++)
    for (let k = 0; k <= b.length; k++) {
      if (i === 0 || k === 0) table[i][k] = i + k
      else
        table[i][k] = Math.min(
          table[i - 1][k] + 1,
          table[i][k - 1] + 1,
          table[i - 1][k - 1] + (a[i - 1] === b[k - 1] ? 0 : 1),
        )
    }
  return table[a.length][b.length]
}

describe('the edit distance of tokens', () => {
  const token = fc.integer({ min: 0, max: 4 })

  it('is that of the definition, for short texts and for those of more than 30 tokens', () => {
    const distance = new TokenDistance()
    fc.assert(
      fc.property(
        fc.array(fc.oneof(token, fc.constant(-1)), { minLength: 1, maxLength: 40 }),
        fc.array(fc.array(token, { maxLength: 45 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 50 }),
        (text, units, allowed) => {
          const tokens = new Numbers()
          const starts = units.map((unit) => {
            const start = tokens.length
            for (const each of unit) tokens.push(each)
            return start
          })
          const to = distance.to(text, 5)
          units.forEach((unit, i) => {
            const expected = levenshtein(text, unit)
            const found = to(tokens, starts[i], unit.length, allowed)
            if (expected <= allowed) expect(found).toBe(expected)
            else expect(found).toBeGreaterThan(allowed)
          })
        },
      ),
      { numRuns: 500 },
    )
  })

  it('forgets the text before', () => {
    const distance = new TokenDistance()
    const tokens = new Numbers()
    tokens.push(1)
    tokens.push(2)
    expect(distance.to([1, 2], 5)(tokens, 0, 2, 9)).toBe(0)
    expect(distance.to([3, 4], 5)(tokens, 0, 2, 9)).toBe(2)
  })
})
