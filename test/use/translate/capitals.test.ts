import { afterAll, beforeAll, expect, test } from 'vitest'
import { Translator } from '#dist/use/translate/translator.js'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load()
})
afterAll(() => translator.close())

const textOf = async (text: string, options = {}) => (await translator.translate(text, options)).text

test('a sentence in capitals has the translation of the plain sentence, in capitals', async () => {
  expect(await textOf('BONJOUR TOUT LE MONDE')).toBe((await textOf('Bonjour tout le monde')).toUpperCase())
  expect(await textOf("L'EAU EST TRÈS FROIDE.")).toBe((await textOf("L'eau est très froide.")).toUpperCase())
})

test('each sentence of a text by itself', async () => {
  const [first, second] = [await textOf('Elle est petite.'), await textOf('Il est là !')]
  expect(await textOf('IL EST LÀ !  Elle est petite.')).toBe(`${second.toUpperCase()}  ${first}`)
})

test('the translation of a title is a title', async () => {
  expect(await textOf('Comment Faire Un Gâteau')).toMatch(/^\P{L}*\p{Lu}\S+(?: \P{L}*\p{Lu}\S*)+$/u)
})

test('protected parts keep their lower case, and spans give their places', async () => {
  const { text, spans } = await translator.translate('MERCI {name}, TU ES <b>GENTIL</b>.')
  expect(spans!.map(({ start, end }) => text.slice(start, end))).toEqual(['{name}', '<b>', '</b>'])
  const rest = text.replace(/\{name\}|<\/?b>/g, '')
  expect(rest).toBe(rest.toUpperCase())
  expect(rest).toMatch(/\p{Lu}{3}/u)
})

test('the joined pieces of a stream are the translation', async () => {
  let pieces = ''
  for await (const { text } of translator.stream('IL EST LÀ. Elle est là.')) pieces += text
  expect(pieces).toBe(await textOf('IL EST LÀ. Elle est là.'))
})

test('ids, and texts with readCapitals: false, are read as they are', async () => {
  const ids = translator.tokenizer.encode('BONJOUR TOUT LE MONDE')
  const asTyped = await translator.translate(ids)
  expect(await translator.translate('BONJOUR TOUT LE MONDE', { readCapitals: false })).toEqual(asTyped)
  expect(asTyped.text).not.toBe(await textOf('BONJOUR TOUT LE MONDE'))
})

test('all alternatives have the capitals', async () => {
  const { alternatives } = await translator.translate('OÙ EST LA GARE ?', { alternatives: 3 })
  expect(alternatives!.map(({ text }) => text)).toEqual(alternatives!.map(({ text }) => text.toUpperCase()))
})
