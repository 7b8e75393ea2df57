import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '#dist/formats/json/json-text.js'

class Fault extends Error {}
const parse = (text: string) =>
  parseJson(text, (what, position) => {
    throw new Fault(`${position}: ${what}`)
  })

describe('parseJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, space) => {
        const text = JSON.stringify(value, null, space)
        expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)))
      }),
      { numRuns: 500 },
    )
  })

  test('accepts and refuses the same texts as JSON.parse, but for keys that stand twice', () => {
    const scrap = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-0.5e3',
      '01',
      'null',
      'tru',
      ' ',
      '"\\u00e9"',
      '"\\x"',
    )
    fc.assert(
      fc.property(fc.array(scrap, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        let expected: unknown
        let valid = true
        try {
          expected = JSON.parse(text)
        } catch {
          valid = false
        }
        try {
          expect(JSON.stringify(parse(text))).toBe(JSON.stringify(expected))
          expect(valid).toBe(true)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          if (valid) expect(error.message).toContain('stands twice')
        }
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    ['{"a": 1, "a": 2}', '9: the key "a" stands twice'],
    ['{"a"\t:1,"a" :"\\":"}', '8: the key "a" stands twice'],
    ['{"a": {"b": 1, "\\u0062": 2}}', '15: the key "b" stands twice'],
    ['{"a": 1,}', '8: a key in double quotes was expected, not "}"'],
    ['[1 2]', '3: "," was expected, not "2"'],
    ['{"a": NaN}', '6: a value was expected, not "N"'],
    ['"abc', '0: a string has no end'],
    ['"a\nb"', '2: a string holds a control character'],
    ['"a\u001fb"', '2: a string holds a control character'],
    ['1 x', '2: nothing more was expected, not "x"'],
    ['', '0: a value was expected, not the end'],
    [`${'['.repeat(101)}${']'.repeat(101)}`, '100: nested deeper than 100 levels'],
  ])('%s is a fault at its place', (text, message) => expect(() => parse(text)).toThrow(message))

  test('reads 100 levels, and texts with what stands after keys', () => {
    const text = `${'{"\\":": '.repeat(99)}["\\" :"]${'}'.repeat(99)}`
    expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)))
  })

  test('makes no key special', () => {
    const object = parse('{"__proto__": {"x": 1}, "constructor": 2}') as Record<string, unknown>
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor'])
    expect(({} as { x?: number }).x).toBeUndefined()
  })
})
