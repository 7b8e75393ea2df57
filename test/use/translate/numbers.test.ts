import { afterAll, expect, it } from 'vitest'
import { writtenNumbers } from '#dist/language/protect/written-numbers.js'
import { Translator } from '#dist/use/translate/translator.js'
import { roughLines } from '../../../bench/harness/rough-lines.ts'

const translator = await Translator.load(undefined, { workers: 1 })
afterAll(() => translator.close())

it('every number of two or more digits is in the translation, whatever the model generates', async () => {
  const lines = roughLines().filter(({ kind, line }) => kind === 'number' && /\d{2}/.test(line) && !/\b\d\b/.test(line))
  const some = lines.filter((_, i) => i % 8 === 0)
  expect(some.length).toBeGreaterThan(40)
  const translations = await translator.translate(some.map(({ line }) => line))
  some.forEach(({ whole }, i) => {
    for (const number of whole) expect(translations[i].text).toMatch(new RegExp(`(?<!\\d)${number}(?!\\d)`))
  })
})

it('a translation stays as the search has found it if its numbers are right, or are spelled differently', async () => {
  for (const line of ["J'ai 25 ans.", 'Il est 20 h 30.', 'Cela coûte 12 500 euros.', 'Elle est née le 3/10/1987.']) {
    const [text, ids] = [
      await translator.translate(line),
      await translator.translate(translator.tokenizer.encode(line)),
    ]
    expect(text.ids, line).toEqual(ids.ids)
    expect(text.text, line).toBe(ids.text)
  }
})

it('streams the final text, and counts a number as often as it occurs', async () => {
  const line = 'Comptez 4655008 moutons et 4655008 chèvres.'
  const { text, spans } = await translator.translate(line)
  expect(text.match(/4655008/g)).toHaveLength(2)
  expect(spans ?? []).toEqual([])
  let streamed = ''
  for await (const { text: piece } of translator.stream(line)) streamed += piece
  expect(streamed).toBe(text)
})

it('amounts, telephone numbers, dates and times keep their digits, as the target language writes them', async () => {
  const right: Record<string, RegExp> = {
    'Il faut compter 4 536 € pour le voyage.': /(?<!\d)4,?536(?![.,]?\d)/,
    'Ce vélo coûte 1 634 €.': /(?<!\d)1,?634(?![.,]?\d)/,
    'Il a gagné 651 955,99 dollars au loto.': /(?<!\d)651,?955\.99(?!\d)/,
    'Nous avons dépensé 5 099,94 € le mois dernier.': /(?<!\d)5,?099\.94(?!\d)/,
    'Elle me doit encore 749\u202f663 euros.': /(?<!\d)749,?663(?![.,]?\d)/,
    "Ajoutez 34,41 litres d'eau.": /(?<!\d)34\.41(?!\d)/,
    'Mon numéro est le 01 22 86 06 33.': /01[ .-]?22[ .-]?86[ .-]?06[ .-]?33/,
    'Appelez-moi au 02.13.33.57.48.': /02[ .-]?13[ .-]?33[ .-]?57[ .-]?48/,
    'Son téléphone est +33 4 49 05 69 57.': /33[ .-]?4[ .-]?49[ .-]?05[ .-]?69[ .-]?57/,
    'Elle est née le 14/1/1902.': /14\/1\/1902/,
    'Rendez-vous le 23/11/2020 à Paris.': /23\/11\/2020/,
  }
  const translations = await translator.translate(Object.keys(right))
  Object.entries(right).forEach(([line, form], i) => expect(translations[i].text, line).toMatch(form))
})

it('a number is read by the marks of its language, and written by those of the other', () => {
  const written = (sentence: string, source?: string, target?: string) =>
    writtenNumbers(sentence, { source, target }).map((number) => number.written)
  expect(written('12 500 et 3,5 et 1.234.567,8', 'fr', 'en')).toEqual(['12,500', '3.5', '1,234,567.8'])
  expect(written('1.234,50', 'de', 'en')).toEqual(['1,234.50'])
  expect(written('1,234.50 and 3.14', 'en', 'de')).toEqual(['1.234,50', '3,14'])
  // A time and a version in German, and marks that could mean either where the language is unknown.
  expect(written('8.30 Uhr, 1.2.3', 'de', 'en')).toEqual(['8.30', '1.2.3'])
  expect(written('1,234 or 12 500', undefined, 'en')).toEqual(['1,234', '12,500'])
  expect(written('12 500', 'fr')).toEqual(['12 500'])
  // Written in words, of one digit, several numbers, with letters.
  expect(written("1/2, 7, 10-20, en 2010 25, A4, 20 h, 2e, 3'", 'fr', 'en')).toEqual([])
})

it('a form that the target language reads as another number is not taken for right', () => {
  const isRight = (source: string, translation: string) =>
    writtenNumbers(source, { source: 'fr', target: 'en' }).every(({ forms }) => translation.match(forms))
  expect(isRight('12 500 €', '€12,500')).toBe(true)
  expect(isRight('12 500 €', '12500 euros')).toBe(true)
  expect(isRight('12 500 €', '€12.500')).toBe(false)
  expect(isRight('12 500 €', '€112,500')).toBe(false)
  expect(isRight('3,5 %', '3,5%')).toBe(false)
  expect(isRight('à 20:30', 'at 8:30 p.m.')).toBe(true)
  expect(isRight('01 22 86 06 33', '01,86,06 33')).toBe(false)
})
