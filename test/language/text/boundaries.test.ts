import { describe, expect, it } from 'vitest'
import { splitSentences } from '#dist/language/text/sentences/sentences.js'

const sentencesOf = (text: string, locale = 'fr') => splitSentences(text, locale).sentences

describe('a sentence goes on', () => {
  it.each([
    ['behind a title', 'M. Dupont et Mme. Durand sont là.'],
    ['behind an initial', 'J. K. Rowling est née en 1965.'],
    ['behind initials with full stops', 'The U.S. President is here.'],
    ['behind a number or letter that lists', '1. Acheter du pain'],
    ['behind a word that is short for one before a number', 'Voir p. 12.'],
    ['behind a quotation', '« Viens ! » dit-il.'],
    ['behind a quotation, with a comma', '« Viens ! », dit-il.'],
    ['behind marks that touch it', '"Viens !" dit-il.'],
    ['with a closing mark that white space stands before', 'Il a dit : « Viens. »'],
    ['with what has neither letter nor digit', 'Bonjour ! 😀'],
  ])('%s', (_, text) => expect(sentencesOf(text)).toEqual([text]))

  it('behind an ordinal number in languages that write it with a full stop', () => {
    const text = 'Am 3. Oktober regnet es.'
    expect(sentencesOf(text, 'de-AT')).toEqual([text])
    expect(sentencesOf(text, 'en')).toEqual(['Am 3.', 'Oktober regnet es.'])
  })
})

describe('a sentence ends', () => {
  it.each([
    ['behind a quotation, of which it keeps the closing mark', '« Un. » « Deux. »', ['« Un. »', '« Deux. »']],
    ['before a sentence behind a quotation', 'Il dit : « Viens. »  Puis rien.', ['Il dit : « Viens. »', 'Puis rien.']],
    ['between German quotations', '»Ja.« »Nein.«', ['»Ja.«', '»Nein.«']],
    [
      'behind a word that is short for one elsewhere',
      'He likes art. Then he left.',
      ['He likes art.', 'Then he left.'],
    ],
    ['behind a year', 'C’était en 1999. Puis rien.', ['C’était en 1999.', 'Puis rien.']],
    ['at every line end, whatever stands there', 'M.\nDupont\u0085est\u000blà', ['M.', 'Dupont', 'est', 'là']],
  ])('%s', (_, text, expected) => expect(sentencesOf(text)).toEqual(expected))
})
