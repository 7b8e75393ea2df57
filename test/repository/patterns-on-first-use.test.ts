import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { withPatternsOnFirstUse } from '../../scripts/patterns-on-first-use.mjs'

/** The last value of a script. */
const resultOf = (code: string) => runInNewContext(code) as unknown

describe('patterns with Unicode classes in the package', () => {
  it('are made when they are first used, and are one object then', () => {
    const code = `
      const LETTERS = /\\p{L}+|"\\\\/gu, digit = /\\d/, CAPITAL = /\\p{Lu}/u
      const short = () => ({ CAPITAL })
      const named = { LETTERS: 1, of: (text) => text.match(LETTERS) }
      const isSame = () => LETTERS === LETTERS
      ;[named.LETTERS, named.of('été 1 Ω \\\\'), short().CAPITAL.test('É'), digit.source, isSame(), LETTERS.flags]`
    const changed = withPatternsOnFirstUse(code)!
    expect(changed).toMatch(/LETTERS = pattern\$.*CAPITAL = pattern\$/)
    expect(changed).toContain('digit = /\\d/')
    expect(JSON.stringify(resultOf(changed))).toBe(JSON.stringify(resultOf(code)))
  })

  it.each([
    ['another variable has its name', 'const L = /\\p{L}/u; const f = (L) => L'],
    ['a part of a pattern has its name', 'const L = /\\p{L}/u; const f = ({ a: [L] }) => L'],
    ['it is exported', 'const L = /\\p{L}/u; export { L }'],
    ['it is exported as it is declared', 'export const L = /\\p{L}/u'],
    ['it is in a function', 'const f = () => /\\p{L}/u'],
  ])('stay as they are where %s', (_, code) => {
    expect(withPatternsOnFirstUse(code)).toBeUndefined()
  })
})
