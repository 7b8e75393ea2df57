import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { exportFolder } from '#dist/files/folders/export.js'
import { writingOwnLayout } from '#dist/files/folders/own-layout.js'
import { tokenizerFile } from '#dist/files/formats/disk/file-limit.js'
import { zipFolder } from '#dist/files/formats/zip-folder.js'
import { Translator } from '#dist/index.js'
import { golden, readExpected } from './expected.ts'

const scratch = mkdtempSync(join(tmpdir(), 'ctranslate2-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const pieces = zipFolder(join(golden, 'translate-fr_en.argosmodel'))
  .folder.folder('translate-fr_en-1_9')
  .bytes('sentencepiece.model', tokenizerFile)

/** A golden folder with the SentencePiece model that its tokens are of, under this name. */
function withPieces(model: string, ...names: string[]): string {
  const folder = mkdtempSync(join(scratch, 'model-'))
  cpSync(join(golden, 'models', model), folder, { recursive: true })
  for (const name of names) writeFileSync(join(folder, name), pieces)
  return folder
}

const { sources, argos } = readExpected(golden)
const asFloats = { precision: 'float32', workers: 1 } as const

describe('a tokenizer beside a model', () => {
  test.each([
    ['onmt-float16', ['sentencepiece.model'], []],
    ['marian-int8', ['source.spm', 'target.spm'], ['</s>']],
    ['t5-int16', ['spiece.model'], ['</s>']],
  ] as const)('%s with %j splits texts into the tokens of the model', async (model, names, ends) => {
    await using translator = await Translator.load(withPieces(model, ...names), asFloats)
    expect(translator.tokenizer.tokens(argos.lines[0])).toEqual([...sources[0], ...ends])
    const [text, tokens] = await Promise.all([
      translator.translate(argos.lines[0], { maxTokens: 12 }),
      translator.translateTokens(sources[0], { maxTokens: 12 }),
    ])
    expect([text.score, text.finishReason]).toEqual([tokens.score, tokens.finishReason])
    expect(text.text.replaceAll(' ', '')).toBe(tokens.tokens.join('').replaceAll('▁', ''))
  })

  test('languages of the vocabulary begin sources and translations', async () => {
    await using translator = await Translator.load(withPieces('m2m-int8', 'sentencepiece.bpe.model'), asFloats)
    expect(translator.tokenizer.languages).toEqual({
      source: ['fra_Latn', 'eng_Latn'],
      target: ['fra_Latn', 'eng_Latn'],
    })
    const languages = { sourceLanguage: 'fr', targetLanguage: 'English' }
    expect(translator.tokenizer.tokens(argos.lines[0], languages)).toEqual(['fra_Latn', ...sources[0], '</s>'])
    const { ids, text } = await translator.translate(argos.lines[0], { ...languages, maxTokens: 6 })
    expect(translator.tokenizer.pieces(ids)[0]).toBe('eng_Latn')
    expect(text).not.toContain('eng_Latn')
  })

  test('is missing: texts are refused, and tokens are not', async () => {
    await using translator = await Translator.load(join(golden, 'models', 'marian-int8'), asFloats)
    expect(translator.model.hasTokenizer).toBe(false)
    await expect(translator.translate('nule')).rejects.toMatchObject({ code: 'ERR_INPUT' })
    expect(await translator.translateTokens([], {})).toEqual([])
    expect((await translator.translateTokens([[]], {}))[0].tokens).toEqual([])
    await expect(translator.translateTokens([1] as never)).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })
})

describe('convert', () => {
  test.each(['onmt-float16', 'm2m-int8', 't5-int16', 'shaw-bfloat16'])(
    '%s: into our own layout, with the same scores',
    async (model) => {
      const [from, to] = [withPieces(model, 'sentencepiece.model'), join(scratch, `own-${model}`)]
      for (const _ of writingOwnLayout(from, to));
      await using before = await Translator.load(from, asFloats)
      await using after = await Translator.load(to, asFloats)
      const options = { maxTokens: 12 }
      expect(await after.translate(argos.lines.slice(0, 4), options)).toEqual(
        await before.translate(argos.lines.slice(0, 4), options),
      )
    },
  )

  test('T5 becomes a folder of Hugging Face, and what has no layout there is refused', async () => {
    const to = join(scratch, 'huggingface')
    const from = join(golden, 'models', 't5-int16')
    expect(exportFolder(from, to)).toEqual({ modelType: 't5', withoutTokenizer: true })
    await using before = await Translator.load(from, asFloats)
    await using after = await Translator.load(to, asFloats)
    const vocabulary = await before.vocabulary()
    const pairs = sources.map((tokens) => ({
      source: vocabulary.sourceIds(tokens),
      target: vocabulary.targetIds(tokens),
    }))
    expect(await after.score(pairs)).toEqual(await before.score(pairs))
    expect(() => exportFolder(withPieces('shaw-bfloat16'), to)).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED' }),
    )
  })
})
