import { describe, expect, test } from 'vitest'
import { type CaseKnowledge, casingOf } from '#dist/language/text/sentences/case.js'

const known = new Set(
  'bonjour tout le monde je vis à avec paris tom TV la de est les du au un faire gâteau Paris Tom Haus das ist ein groß'.split(
    ' ',
  ),
)
/** One piece for a known word, else one for two letters. */
const pieces = (word: string) => (known.has(word.replace(/^(tom|paris)$/, '')) ? 1 : 1 + Math.ceil(word.length / 2))
const knowing = (source = 'fr', target = 'en'): CaseKnowledge => ({ pieces, source, target })
const readOf = (sentence: string, source?: string) => casingOf(sentence, knowing(source))?.read(sentence) ?? null

describe('a sentence in capitals is read in small letters', () => {
  test.each([
    ['BONJOUR TOUT LE MONDE', 'Bonjour tout le monde'],
    ['BONJOUR !', 'Bonjour !'],
    ['« BONJOUR », À TOUT LE MONDE.', '« Bonjour », à tout le monde.'],
    ["L'ÉTÉ EST LÀ, QU'IL PLEUVE OU NON", "L'été est là, qu'il pleuve ou non"],
    ['JE VIS À PARIS AVEC TOM', 'Je vis à Paris avec Tom'],
    ['LA TV EST À TOM', 'La TV est à Tom'],
    ['LE 2e JOUR, 5 kg DE RIZ ET 12h DE VOL', 'Le 2e jour, 5 kg de riz et 12h de vol'],
    ['BONJOUR ⟦1⟧', 'Bonjour ⟦1⟧'],
    ['3 ROSES POUR TOM', '3 roses pour Tom'],
  ])('%s', (sentence, expected) => expect(readOf(sentence)).toBe(expected))

  test('as its language does: Turkish, German, Greek, English', () => {
    expect(readOf('ILIK İLE IŞIK', 'tr')).toBe('Ilık ile ışık')
    expect(readOf('DAS IST EIN HAUS', 'de')).toBe('Das ist ein Haus')
    expect(readOf('ΟΔΥΣΣΕΥΣ ΣΟΦΟΣ', 'el')).toBe('Οδυσσευς σοφος')
    expect(readOf("NOW I SEE WHAT I'LL DO", 'en')).toBe("Now I see what I'll do")
    expect(readOf('ПРИВЕТ МИР', 'ru')).toBe('Привет мир')
  })

  test('except for the words that have small letters', () => {
    const casing = casingOf('BONJOUR À TOUS', knowing())!
    expect(casing.read('BONJOUR Maria, À TOUS')).toBe('Bonjour Maria, à tous')
  })

  test('and its translation is put in capitals as the language of the target has them', () => {
    const written = (target: string, text: string) => casingOf('BONJOUR À TOUS', knowing('fr', target))!.write(text)
    expect(written('en', "Don't say hello.")).toBe("DON'T SAY HELLO.")
    expect(written('de', 'Grüß dich')).toBe('GRÜSS DICH')
    expect(written('tr', 'iyi günler')).toBe('İYİ GÜNLER')
  })
})

describe('a title is read in small letters', () => {
  test.each([
    ['Comment Faire Un Gâteau', 'Comment faire un gâteau'],
    ['Tout Le Monde À Paris', 'Tout le monde à Paris'],
    ['Le Tout-Monde de Tom', 'Le tout-monde de Tom'],
    ['Comment Faire Un Gâteau ?', 'Comment faire un gâteau ?'],
    ['1. Bonjour À Tout Le Monde', '1. Bonjour à tout le monde'],
  ])('%s', (sentence, expected) => expect(readOf(sentence)).toBe(expected))

  test('and its translation becomes a title', () => {
    const written = (sentence: string, text: string) => casingOf(sentence, knowing())!.write(text)
    expect(written('Comment Faire Un Gâteau', "how to make a cake, don't you know")).toBe(
      "How To Make A Cake, Don't You Know",
    )
    expect(written('Comment Faire un Gâteau Au Monde', 'the way to make a cake')).toBe('The Way to Make a Cake')
  })
})

describe('a sentence is read as it is', () => {
  test.each([
    ['plain', 'Bonjour tout le monde.'],
    ['plain, with acronyms', 'La TV et la SNCF.'],
    ['a word in capitals within it', 'BONJOUR tout le monde !'],
    ['acronyms with small words between', 'NASA, ESA et CNRS'],
    ['an acronym alone', 'TV'],
    ['one capital', 'À'],
    ['a name', 'Monsieur Jean Dupont'],
    ['names and no end', 'Tom Paris Tom'],
    ['a name after titles', 'Bonjour Madame Tom De Paris'],
    ['capitals at the beginnings of a sentence that ends', 'Tout Le Monde Est À Paris.'],
    ['a script without case', '今日は NHK を見ます。é'],
    ['no letters', '12 + 3 = 15'],
    ['nothing', ''],
  ])('%s', (_, sentence) => expect(casingOf(sentence, knowing())).toBeNull())
})
