import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { workers: 1 })
})
afterAll(() => translator.close())

describe('a term with several targets', () => {
  const glossary = { 'clé USB': 'thumb drive | thumb drives', 'clés USB': 'thumb drive | thumb drives' }
  const translated = async (text: string, given: object = glossary) => {
    const { text: english, glossary: terms } = await translator.translate(text, { glossary: given as never })
    return { english, terms: terms!.map(({ source, target, found }) => [source, target, found]) }
  }

  it('has the one that the search chooses, and the result says which', async () => {
    const one = await translated('Où est ma clé USB ?')
    expect(one.english).toContain('thumb drive')
    expect(one.english).not.toContain('|')
    const [[, chosen]] = one.terms
    expect(one.terms).toEqual([['clé USB', expect.stringMatching(/^thumb drives?$/), true]])
    expect(one.english).toContain(String(chosen))
    const many = await translated('Elle a acheté trois clés USB.')
    expect(many.english).toContain('thumb drives')
    expect(many.terms).toEqual([['clés USB', 'thumb drives', true]])
  })

  it('may be given as a list, and keeps a translation that has one of them already', async () => {
    const plain = await translator.translate('Je suis étudiant.')
    expect(plain.text).toContain('student')
    const kept = await translated('Je suis étudiant.', { étudiant: ['pupil', 'student'] })
    expect(kept.english).toBe(plain.text)
    expect(kept.terms).toEqual([['étudiant', 'student', true]])
  })

  it('leaves a stroke without spaces as it is', async () => {
    const { terms } = await translated('Je suis étudiant.', { étudiant: 'a|b' })
    expect(terms[0][1]).toBe('a|b')
  })
})

it('several terms are searched for together', async () => {
  const glossary = { chat: 'kitten', ami: 'buddy', jardin: 'yard' }
  const { text, glossary: terms } = await translator.translate('Mon ami a un chat dans son jardin.', { glossary })
  expect(terms!.map(({ found }) => found)).toEqual([true, true, true])
  expect(text).toMatch(/^My buddy has a kitten in .{3,4} yard\.$/)
})
