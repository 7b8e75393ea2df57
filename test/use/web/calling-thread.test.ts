import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHome } from '#dist/engine/backend/wasm/node/open-home.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { Translator as NodeTranslator } from '#dist/index.js'
import { type LoadOptions, Translator } from '#dist/use/web/index.js'
import { root } from '../../repository/repository.ts'

const folder = join(root, 'models/fr-en')

/** The files of the embedded model, as an isolate has them. */
const files = () => readdirSync(folder).map((name) => new File([readFileSync(join(folder, name))], name))

const { home } = openHome(opSignatures())
const ways: [string, LoadOptions][] = [['js', { backend: 'js' }]]
if (home) ways.push(['wasm', { wasm: home.module }])

const sentences = ['Je suis étudiant.', 'Il fait froid ce matin.', 'Où est la gare, s’il vous plaît ?']

describe.each(ways)('glassformer/web on the calling thread, in %s', (backend, options) => {
  let translator: Translator
  let node: NodeTranslator
  beforeAll(async () => {
    translator = await Translator.load(files(), { worker: false, ...options })
    node = await NodeTranslator.load(undefined, { backend: backend as 'js' | 'wasm' })
  })
  afterAll(() => Promise.all([translator.close(), node.close()]))

  test('translates as Node.js does, several calls at once', async () => {
    expect(translator.backendInfo()).toMatchObject({ backend, threads: 1, reasons: [] })
    const expected = (await node.translate(sentences)).map(({ text }) => text)
    expect((await translator.translate(sentences)).map(({ text }) => text)).toEqual(expected)
    const alone = await Promise.all(sentences.map((each) => translator.translate(each)))
    expect(alone.map(({ text }) => text)).toEqual(expected)
  })

  test('streams, scores, traces and parses documents', async () => {
    const pieces: string[] = []
    for await (const { text } of translator.stream('Il fait beau, et nous sommes contents.')) pieces.push(text)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe("The weather is nice, and we're happy.")
    const pair = { source: 'Je suis étudiant.', target: 'I am a student.' }
    const [[{ score }], [expected]] = await Promise.all([translator.score([pair]), node.score([pair])])
    expect(score).toBeCloseTo(expected.score, 4)
    expect((await translator.inspect('Merci.', { tensors: ['**.weights'] })).tensors).not.toEqual({})
    const { text } = await translator.translate('<p>Je suis <b>étudiant</b>.</p>', { format: 'html' })
    expect(text).toBe('<p>I am <b>a student</b>.</p>')
  })

  test('stops when it is aborted while other calls go on, and refuses calls when it is closed', async () => {
    const own = await Translator.load(files(), { worker: false, ...options })
    const controller = new AbortController()
    const long = own.translate('Il fait froid ce matin. '.repeat(500), { signal: controller.signal })
    const other = own.translate('Merci beaucoup.')
    setTimeout(() => controller.abort(), 20)
    await expect(long).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect((await other).text).toBe('Thank you very much.')
    const open = own.translate('Il fait froid ce matin. '.repeat(500))
    await own.close()
    await expect(open).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await expect(own.translate('Merci.')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })
})

test('says what to do where there are no workers, and what it was given in place of a module', async () => {
  await expect(Translator.load(files())).rejects.toMatchObject({
    code: 'ERR_WORKER',
    message: expect.stringContaining('worker: false'),
  })
  const wrong = { worker: true, wasm: {} } as object
  await expect(Translator.load(files(), wrong)).rejects.toMatchObject({ code: 'ERR_OPTION' })
  await expect(Translator.load(files(), { worker: false, wasm: {} })).rejects.toMatchObject({
    code: 'ERR_OPTION',
    message: expect.stringContaining('a URL or a WebAssembly.Module'),
  })
})

test('says why it runs in JavaScript where no module is given and none can be compiled', async () => {
  const translator = await Translator.load(files(), { worker: false, wasm: 'http://localhost:1/' })
  expect(translator.backendInfo()).toMatchObject({ backend: 'js' })
  expect(translator.backendInfo().reasons.join()).toMatch(/localhost:1.*cannot be fetched/)
  expect((await translator.translate('Merci beaucoup.')).text).toBe('Thank you very much.')
  await translator.close()
  const asked = { worker: false, backend: 'wasm', wasm: 'http://localhost:1/' } as const
  await expect(Translator.load(files(), asked)).rejects.toMatchObject({ code: 'ERR_BACKEND' })
})
