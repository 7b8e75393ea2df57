import { describe, expect, it } from 'vitest'
import { checkIds } from '#dist/engine/decode/check-ids.js'
import { generationDefaults, resolveOptions } from '#dist/engine/decode/settings/options.js'

describe('options of a search', () => {
  it('are the given options over the defaults, which stay as they are', () => {
    const defaults = { ...generationDefaults, beams: 4, maxTokens: 100 }
    expect(resolveOptions({ beams: 2, lengthPenalty: undefined }, defaults)).toEqual({ ...defaults, beams: 2 })
    expect(defaults.beams).toBe(4)
  })

  it('keep the default number of alternatives at most at the number of beams', () => {
    const defaults = { ...generationDefaults, beams: 4, alternatives: 4 }
    expect(resolveOptions({ beams: 2 }, defaults).alternatives).toBe(2)
    expect(() => resolveOptions({ beams: 2, alternatives: 4 }, defaults)).toThrow(/alternatives \(4\).*beams \(2\)/)
  })

  it('may ask for exactly one number of tokens', () => {
    expect(resolveOptions({ minTokens: 3, maxTokens: 3 }, generationDefaults)).toMatchObject({
      minTokens: 3,
      maxTokens: 3,
    })
    expect(() => resolveOptions({ minTokens: 4, maxTokens: 3 }, generationDefaults)).toThrow(
      /minTokens \(4\).*maxTokens \(3\)/,
    )
  })

  it.each([
    ['beams', 1, 1024],
    ['lengthPenalty', -30, 30],
    ['repetitionPenalty', 0.001, 1000],
  ])('take %s from %f to %f', (name, least, most) => {
    const given = (value: number) => resolveOptions({ [name]: value }, generationDefaults)
    for (const value of [least, most]) expect(given(value)).toMatchObject({ [name]: value })
    for (const value of [least - 1, most + 1]) expect(() => given(value)).toThrow(`option '${name}' must be`)
  })

  it.each([[3], [[3]], [[[1, -1]]], [[[1]]]])('refuse sequences such as %j', (suppressSequences) => {
    expect(() => resolveOptions({ suppressSequences } as never, generationDefaults)).toThrow('lists of two or more ids')
  })

  it('may suppress every first id only if another option forces the first id', () => {
    const model = { targetVocabulary: 3, ids: { end: 0, start: 1, padding: null, unknown: null } }
    const options = { ...generationDefaults, suppressFirst: [0, 1, 2] }
    expect(() => checkIds(options, model)).toThrow('leave no token that could come first')
    checkIds({ ...options, forcedFirst: 1 }, model)
  })

  it('with names that every object has are unknown all the same', () => {
    for (const name of ['toString', 'constructor', '__proto__x'])
      expect(() => resolveOptions({ [name]: 1 } as never, generationDefaults)).toThrow(`unknown option '${name}'`)
  })
})
