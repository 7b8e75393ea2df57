import { describe, expect, it } from 'vitest'
import { splitSentences } from '#dist/language/text/sentences/sentences.js'

const sentencesOf = (text: string, locale = 'fr') => splitSentences(text, locale).sentences

describe('a sentence goes on', () => {
  it.each([
    ['after a title', 'M. Dupont et Mme. Durand sont là.'],
    ['after an initial', 'J. K. Rowling est née en 1965.'],
    ['after initials with full stops', 'The U.S. President is here.'],
    ['after a number or letter that lists', '1. Acheter du pain'],
    ['after a word that is short for one before a number', 'Voir p. 12.'],
    ['after a quotation', '« Viens ! » dit-il.'],
    ['after a quotation, with a comma', '« Viens ! », dit-il.'],
    ['after marks that touch it', '"Viens !" dit-il.'],
    ['with a closing mark that white space stands before', 'Il a dit : « Viens. »'],
    ['with what has neither letter nor digit', 'Bonjour ! 😀'],
  ])('%s', (_, text) => expect(sentencesOf(text)).toEqual([text]))

  it('after an ordinal number in languages that write it with a full stop', () => {
    const text = 'Am 3. Oktober regnet es.'
    expect(sentencesOf(text, 'de-AT')).toEqual([text])
    expect(sentencesOf(text, 'en')).toEqual(['Am 3.', 'Oktober regnet es.'])
  })
})

describe('a sentence ends', () => {
  it.each([
    ['after a quotation, of which it keeps the closing mark', '« Un. » « Deux. »', ['« Un. »', '« Deux. »']],
    ['before a sentence after a quotation', 'Il dit : « Viens. »  Puis rien.', ['Il dit : « Viens. »', 'Puis rien.']],
    ['between German quotations', '»Ja.« »Nein.«', ['»Ja.«', '»Nein.«']],
    ['after a word that is short for one elsewhere', 'He likes art. Then he left.', ['He likes art.', 'Then he left.']],
    ['after a year', 'C’était en 1999. Puis rien.', ['C’était en 1999.', 'Puis rien.']],
    ['at every line end, whatever stands there', 'M.\nDupont\u0085est\u000blà', ['M.', 'Dupont', 'est', 'là']],
  ])('%s', (_, text, expected) => expect(sentencesOf(text)).toEqual(expected))
})
