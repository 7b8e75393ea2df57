import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'
import { glassformer } from '../../cli/command.ts'
import { copy } from '../../files/folders/edited-folder.ts'
import { quickest } from './backend-names.ts'

/** A tokenizer.json with a token for each letter, and the languages of NLLB's vocabulary among its special tokens. */
function smallDefinition() {
  const letters = [...'▁abcdefghijklmnopqrstuvwxyz.!?'].map((letter, i) => [letter, -i - 1])
  const vocab = [['<s>', 0], ['<pad>', 0], ['</s>', 0], ['<unk>', 0], ...letters]
  const special = ['<s>', '<pad>', '</s>', '<unk>'].map((content, id) => ({ id, content, special: true }))
  const languages = ['deu_Latn', 'eng_Latn', 'fra_Latn', 'zho_Hans', 'zho_Hant'].map((content, i) => ({
    id: vocab.length + i,
    content,
    special: true,
  }))
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' }
  return {
    added_tokens: [...special, ...languages],
    pre_tokenizer: metaspace,
    decoder: metaspace,
    model: { type: 'Unigram', unk_id: 3, vocab },
  }
}

const definition = smallDefinition()
const idOf = (token: string) => definition.added_tokens.find(({ content }) => content === token)!.id

describe('a multilingual model', () => {
  let folder: string
  let translator: Translator
  beforeAll(async () => {
    folder = copy('m2m100')
    const write = (name: string, json: unknown) => writeFileSync(join(folder, name), JSON.stringify(json))
    write('tokenizer.json', definition)
    write('tokenizer_config.json', { tokenizer_class: 'NllbTokenizer', src_lang: 'deu_Latn' })
    translator = await Translator.load(folder, { backend: quickest, workers: 1 })
  })
  afterAll(() => translator.close())

  it('begins translations with the target’s language, and sources with theirs', async () => {
    const options = { maxTokens: 4, attention: true }
    for (const [sourceLanguage, from] of [
      [undefined, 'deu_Latn'],
      ['English', 'eng_Latn'],
      ['fra', 'fra_Latn'],
    ] as const)
      for (const [targetLanguage, to] of [
        ['fr', 'fra_Latn'],
        ['zh-TW', 'zho_Hant'],
        ['Chinese', 'zho_Hans'],
      ] as const) {
        const { ids, attention } = await translator.translate('ab c.', { sourceLanguage, targetLanguage, ...options })
        expect(ids[0]).toBe(idOf(to))
        expect(attention![0].source).toEqual([from, '▁', 'a', 'b', '▁', 'c', '.', '</s>'])
      }
    const free = await translator.translate('ab c.', { ...options, sourceLanguage: 'de' })
    expect(free.attention).toEqual((await translator.translate('ab c.', options)).attention)
  })

  it('is accepted by translateSync and stream too', async () => {
    const options = { targetLanguage: 'German', maxTokens: 4 }
    const { ids, text } = await translator.translate('ab c.', options)
    expect(translator.translateSync('ab c.', options).ids).toEqual(ids)
    let streamed = ''
    for await (const piece of translator.stream('ab c.', options)) streamed += piece.text
    expect(streamed).toBe(text)
  })

  it('refuses a language that it does not have, with a suggestion', async () => {
    await expect(translator.translate('ab', { targetLanguage: 'Frensh' })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringMatching(
        /'targetLanguage'.*no language 'Frensh' \(Did you mean French\?\); it has 5: deu_Latn, /,
      ),
    })
    await expect(translator.translate(['ab', 'c'], { sourceLanguage: 'Klingon' })).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
    await expect(translator.translate('ab', { sourceLanguage: 5 as never })).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
  })

  it('has a tokenizer that knows them', () => {
    const { tokenizer } = translator
    const ids = tokenizer.encode('ab', { sourceLanguage: 'French' })
    expect(ids[0]).toBe(idOf('fra_Latn'))
    expect(tokenizer.tokens('ab', { sourceLanguage: 'French' })).toEqual(['fra_Latn', '▁', 'a', 'b', '</s>'])
    expect(tokenizer.encodeTarget('ab', { targetLanguage: 'en' })).toEqual([idOf('eng_Latn'), ...ids.slice(1)])
    expect(tokenizer.encode('ab', { special: false })).toEqual(ids.slice(1, -1))
    expect(tokenizer.encode('ab', { pair: 'c', maxLength: 5 })).toHaveLength(5)
    expect(tokenizer.decode(ids)).toBe('ab')
    expect(tokenizer.decode(ids, { skipSpecial: false })).toBe('fra_Latn ab</s>')
    expect(tokenizer.languages.target).toEqual(['deu_Latn', 'eng_Latn', 'fra_Latn', 'zho_Hans', 'zho_Hant'])
    expect(tokenizer.special).toMatchObject({ '</s>': 2, fra_Latn: idOf('fra_Latn') })
    for (const options of [{ maxLength: 0 }, { pair: 7 }, { sourceLanguage: 'Klingon' }, { language: 'fr' }])
      expect(() => tokenizer.encode('ab', options as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
  })

  it('passes its languages to a trace', async () => {
    const languages = { sourceLanguage: 'fra', targetLanguage: 'zh' }
    const { source, target } = await translator.inspect('ab', { ...languages, maxTokens: 3 })
    expect(source.tokens[0]).toBe('fra_Latn')
    expect(target.tokens).toContain('zho_Hans')
  })

  it('takes --from and --to', async () => {
    const run = (...languages: string[]) =>
      glassformer(['translate', '-m', folder, '--json', '--max-tokens', '3', ...languages, 'ab'])
    const { stdout } = await run('--from', 'en', '--to', 'french')
    expect(JSON.parse(stdout).ids[0]).toBe(idOf('fra_Latn'))
    const refused = await run('--to', 'Frensh')
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('Did you mean French?')
  })
})

describe('a model of one language to another', () => {
  it('takes the languages that it has, and no others', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
    const { text } = await translator.translate('Merci.', { sourceLanguage: 'French', targetLanguage: 'eng' })
    expect(text).toBe((await translator.translate('Merci.')).text)
    await expect(translator.translate('Danke.', { sourceLanguage: 'de' })).rejects.toMatchObject({ code: 'ERR_OPTION' })
    expect(translator.tokenizer.languages).toEqual({ source: ['fr'], target: ['en'] })
    expect(translator.tokenizer.special).toMatchObject({ '</s>': 0, '<unk>': 1 })
  })
})
