import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { golden } from '../../files/folders/edited-folder.ts'
import { quickest } from './backend-names.ts'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { backend: quickest })
})
afterAll(() => translator.close())

const text = 'Je suis étudiant.'

describe('translator.tokenizer', () => {
  it('encodes a text into the ids that translate uses for it', async () => {
    const ids = translator.tokenizer.encode(text)
    expect(ids.at(-1)).toBe(translator.model.config.ids.end)
    expect(await translator.translate(ids, { beams: 1 })).toEqual(await translator.translate(text, { beams: 1 }))
    expect(translator.tokenizer.encode('')).toEqual([0])
  })

  it('decodes the ids of a result into its text, and names their pieces', async () => {
    const result = await translator.translate(text, { attention: true })
    expect(translator.tokenizer.decode(result.ids)).toBe(result.text)
    expect(translator.tokenizer.pieces(result.ids)).toEqual(result.attention![0].target)
    const ids = translator.tokenizer.encode(text)
    expect(translator.tokenizer.pieces(ids, { side: 'source' })).toEqual(result.attention![0].source)
    expect(translator.tokenizer.decode(ids, { side: 'source' })).toBe(text)
    expect(translator.tokenizer.decode([])).toBe('')
  })

  it('encodes a target into the ids that score uses for it', async () => {
    const target = "I'm a student."
    const [{ ids }] = await translator.score([{ source: text, target }])
    expect(translator.tokenizer.encode(target, { side: 'target' })).toEqual(ids)
  })

  it('refuses values that are not texts, ids or sides', () => {
    const { tokenizer } = translator
    const refused = (code: string) => expect.objectContaining({ name: 'GlassformerError', code })
    expect(() => tokenizer.encode(7 as never)).toThrow(refused('ERR_INPUT'))
    for (const ids of [7, 'a', [0.5], ['1'], [12000], [-1]]) {
      expect(() => tokenizer.decode(ids as never)).toThrow(refused('ERR_INPUT'))
      expect(() => tokenizer.pieces(ids as never)).toThrow(refused('ERR_INPUT'))
      expect(() => tokenizer.decode(ids as never, { side: 'source' })).toThrow(refused('ERR_INPUT'))
    }
    expect(() => tokenizer.encode(text, { side: 'french' as never })).toThrow(refused('ERR_OPTION'))
    expect(() => tokenizer.decode([0], { sides: 'source' } as never)).toThrow(refused('ERR_OPTION'))
  })

  it('throws for a model that takes ids, and is closed with its translator', async () => {
    const other = await Translator.load(golden('marian-f16'), { backend: 'js' })
    expect(() => other.tokenizer.encode(text)).toThrow(
      expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringContaining('has no tokenizer') }),
    )
    const { tokenizer } = other
    await other.close()
    expect(() => tokenizer.encode(text)).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })
})
