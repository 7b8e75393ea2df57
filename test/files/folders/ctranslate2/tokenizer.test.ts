import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { exportFolder } from '#dist/files/folders/export.js'
import { writingOwnLayout } from '#dist/files/folders/rewrite-folder.js'
import { tokenizerFile } from '#dist/formats/disk/file-limit.js'
import { zipFolder } from '#dist/formats/zip/zip-folder.js'
import { Translator } from '#dist/index.js'
import { ModelInspector } from '#dist/look/inspect/index.js'
import { serve } from '#dist/service/serve/index.js'
import { glassformer } from '../../../cli/command.ts'
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
const moses: { codes: string; cases: { language: string; text: string; pieces: string[] }[] } = JSON.parse(
  readFileSync(new URL('../../../golden/moses/moses.json', import.meta.url), 'utf8'),
)
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

/** A file of the scratch folder. */
function written(name: string, content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(scratch, 'tokenizer-')), name)
  writeFileSync(path, content)
  return path
}

describe('option tokenizer', () => {
  const model = join(golden, 'models', 'onmt-float16')

  test('names a SentencePiece model under any name, or a folder with one', async () => {
    const file = written('some.pieces', pieces)
    const folder = join(written('sentencepiece.model', pieces), '..')
    for (const tokenizer of [file, folder]) {
      await using translator = await Translator.load(model, { ...asFloats, tokenizer })
      expect(translator.model.hasTokenizer).toBe(true)
      expect(translator.tokenizer.tokens(argos.lines[0])).toEqual(sources[0])
      const [text, tokens] = await Promise.all([
        translator.translate(argos.lines[0], { maxTokens: 12 }),
        translator.translateTokens(sources[0], { maxTokens: 12 }),
      ])
      expect(text.score).toBe(tokens.score)
    }
  })

  test('wins over files beside the model', async () => {
    const folder = withPieces('onmt-float16', 'sentencepiece.model')
    await using translator = await Translator.load(folder, { ...asFloats, tokenizer: written('codes', moses.codes) })
    const { text, pieces: cut } = moses.cases.find(({ language }) => language === 'en')!
    const known = new Set(JSON.parse(readFileSync(join(folder, 'shared_vocabulary.json'), 'utf8')))
    const tokens = cut.map((piece) => (known.has(piece) ? piece : '<unk>'))
    expect(translator.tokenizer.tokens(text)).toEqual(tokens)
  })

  test('names a tokenizer.json, whose settings lie beside it', async () => {
    const vocabulary: string[] = JSON.parse(
      readFileSync(join(golden, 'models/t5-int16/shared_vocabulary.json'), 'utf8'),
    )
    const definition = {
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
        pair: [],
        special_tokens: { '</s>': { id: '</s>', ids: [vocabulary.indexOf('</s>')], tokens: ['</s>'] } },
      },
      decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
      model: {
        type: 'Unigram',
        unk_id: vocabulary.indexOf('<unk>'),
        vocab: vocabulary.map((token, id) => [token, -id]),
      },
    }
    const tokenizer = written('mine.json', JSON.stringify(definition))
    writeFileSync(join(tokenizer, '../tokenizer_config.json'), JSON.stringify({ tokenizer_class: 'T5Tokenizer' }))
    await using translator = await Translator.load(join(golden, 'models', 't5-int16'), { ...asFloats, tokenizer })
    const tokens = translator.tokenizer.tokens('nule')
    expect(tokens.at(-1)).toBe('</s>')
    expect(tokens.slice(0, -1).join('')).toBe('▁nule')
    expect((await translator.translate('nule', { maxTokens: 4 })).text).not.toBe('')
  })

  test.each([
    ['nowhere', 'ERR_FILE', 'nowhere'],
    [golden, 'ERR_FILE', 'has no tokenizer.json'],
    [join(golden, 'expected.json'), 'ERR_TOKENIZER_FORMAT', 'expected.json'],
    [join(golden, 'README.md'), 'ERR_TOKENIZER_FORMAT', 'README.md'],
  ])('%s is refused with %s', async (tokenizer, code, words) => {
    const message = expect.stringContaining(words)
    await expect(Translator.load(model, { tokenizer })).rejects.toMatchObject({ code, message })
  })

  test('is refused for folders of other kinds', async () => {
    for (const other of ['fr-en', join(golden, 'translate-fr_en.argosmodel')])
      await expect(Translator.load(other, { tokenizer: golden })).rejects.toMatchObject({
        code: 'ERR_OPTION',
        message: expect.stringContaining("option 'tokenizer' is for folders of CTranslate2"),
      })
  })

  test('is a flag of the commands', async () => {
    const tokenizer = written('some.pieces', pieces)
    const flags = ['--model', model, '--tokenizer', tokenizer]
    await using translator = await Translator.load(model, { tokenizer })
    const { text } = await translator.translate(argos.lines[0], { maxTokens: 12 })
    const translated = await glassformer(['translate', ...flags, '--max-tokens', '12', argos.lines[0]])
    expect(translated).toEqual({ code: 0, stdout: `${text}\n`, stderr: '' })
    expect((await glassformer(['translate', '--model', model, 'nule'])).stderr).toContain('has no tokenizer')
    expect((await glassformer(['info', '--model', model])).stdout).toMatch(/^ {2}tokenizer +none/m)
    expect((await glassformer(['info', ...flags])).stdout).not.toMatch(/^ {2}tokenizer/m)
    const page = join(scratch, 'inspected.html')
    expect(await glassformer(['inspect', ...flags, 'nule', '--export', page])).toMatchObject({ code: 0, stderr: '' })
  })

  test('serves a model', async () => {
    await using server = await serve({
      port: 0,
      log: 'silent',
      models: { mine: { folder: model, source: 'fr', target: 'en', tokenizer: written('some.pieces', pieces) } },
    }).then((running) => ({ ...running, [Symbol.asyncDispose]: () => running.close() }))
    const answer = await fetch(`${server.url}/v1/translate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: argos.lines[0], maxTokens: 12 }),
    })
    expect(answer.status).toBe(200)
  })
})

describe('a bpe.model beside a model', () => {
  test("cuts texts into Moses' tokens and the pieces of subword-nmt, by English rules", async () => {
    const folder = withPieces('onmt-float16')
    writeFileSync(join(folder, 'bpe.model'), moses.codes)
    await using translator = await Translator.load(folder, asFloats)
    const known = new Set(JSON.parse(readFileSync(join(folder, 'shared_vocabulary.json'), 'utf8')))
    const english = moses.cases.filter(({ language }) => language === 'en')
    expect(english.length).toBeGreaterThan(3)
    for (const { text, pieces: cut } of english)
      expect(translator.tokenizer.tokens(text)).toEqual(cut.map((piece) => (known.has(piece) ? piece : '<unk>')))
    expect((await translator.translate(english[0].text, { maxTokens: 6 })).text).not.toContain('@@')
  })
})

describe('inspect', () => {
  const options = { tensors: ['encoder.0.selfAttention.weights'], steps: 2 }

  test('takes texts where there is a tokenizer', async () => {
    await using translator = await Translator.load(withPieces('onmt-float16', 'sentencepiece.model'), asFloats)
    const trace = await translator.inspect(argos.lines[0], options)
    expect(trace.source.text).toBe(argos.lines[0])
    expect(trace.source.tokens).toEqual(sources[0])
    expect(Object.keys(trace.tensors)).toEqual(options.tensors)
  })

  test.each(['onmt-float16', 'marian-int8', 'm2m-int8', 't5-int16', 'shaw-bfloat16'])(
    '%s: takes tokens where there is none, and names ids by the vocabulary',
    async (name) => {
      const folder = join(golden, 'models', name)
      await using translator = await Translator.load(folder, asFloats)
      const vocabulary = await translator.vocabulary()
      const ids = vocabulary.sourceIds(sources[0])
      const trace = await translator.inspect(sources[0].join(' '), { ...options, maxTokens: 5 })
      expect(trace.source.tokens.slice(0, sources[0].length)).toEqual(sources[0])
      const found = await translator.translate(ids, { maxTokens: 5 })
      expect(trace.target.tokens).toEqual(found.ids.map((id) => vocabulary.translated({ ids: [id, -1] }, [])[0]))
      expect(await translator.inspect(ids, { ...options, maxTokens: 5 })).toMatchObject({
        source: { tokens: trace.source.tokens },
        target: { tokens: trace.target.tokens },
      })
      const inspector = ModelInspector.load(folder)
      expect(inspector.inspect(sources[0].join(' '), options).source.tokens).toEqual(trace.source.tokens)
      expect(inspector.listing('encoder')).toContain('embed')
      inspector.close()
    },
  )

  test('as a command exports a page with the tokens', async () => {
    const page = join(scratch, 'tokens.html')
    const model = join(golden, 'models', 'm2m-int8')
    const text = sources[0].join(' ')
    expect(await glassformer(['inspect', text, '--model', model, '--export', page])).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
    const [, data] = /id="page-data">(.*?)<\/script>/s.exec(readFileSync(page, 'utf8'))!
    expect(JSON.parse(data).exported[0].trace.source.tokens.slice(0, sources[0].length)).toEqual(sources[0])
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
