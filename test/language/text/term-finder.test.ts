import { describe, expect, it } from 'vitest'
import { TermFinder, TermPlaces } from '#dist/language/text/sentences/term-finder.js'

const found = (terms: string[], text: string, anyCase = false) =>
  new TermFinder(terms).in(text, anyCase).map(({ start, end }) => text.slice(start, end))

describe('terms in a sentence', () => {
  it.each([
    ['whole words', ['car', 'clé'], 'Une carte, un car, la clé.', ['car', 'clé']],
    ['not parts of words that a hyphen joins', ['clés'], 'Un porte-clés et des clés.', ['clés']],
    ['after an apostrophe', ['ordinateur'], "L'ordinateur d’ordinateur", ['ordinateur', 'ordinateur']],
    [
      'the longest first',
      ['carte mère', 'mère porteuse', 'carte'],
      'La carte mère porteuse.',
      ['carte', 'mère porteuse'],
    ],
    ['with any capitals at the beginning', ['clé USB', 'Pomme'], '« Clé usb » et Clé USB, pomme', ['Clé usb']],
    ['with all kinds of spaces', ['mot de passe'], 'Le mot\u00a0de  passe', ['mot\u00a0de  passe']],
    ['in composed and decomposed characters', ['école'], 'une e\u0301cole', ['e\u0301cole']],
    ['next to letters of a script without spaces', ['你好'], '我说你好吗', ['你好']],
  ])('are %s', (_, terms, text, expected) => {
    expect(found(terms, text)).toEqual(expected)
  })

  it('are found in upper and lower case where case does not count', () => {
    expect(found(['clé USB'], 'Où est la clé usb ?', true)).toEqual(['clé usb'])
    expect(found(['clé USB'], 'Où est la clé usb ?')).toEqual([])
  })

  it('have a place in the whole text, around tags and after what is copied', () => {
    const text = 'usb http://usb/ <b>clé</b> USB, rendez-vous'
    const places = new TermPlaces(text, [])
    expect(places.next('clé usb')).toEqual({ start: 19, end: 30 })
    expect(places.next('rendez-vous')).toEqual({ start: 32, end: 43 })
    expect(places.next('clé')).toEqual({ start: 43, end: 43 })
    const after = new TermPlaces(text, [
      { start: 0, end: 3 },
      { start: 4, end: 15 },
    ])
    expect(after.next('USB')).toEqual({ start: 27, end: 30 })
  })
})
