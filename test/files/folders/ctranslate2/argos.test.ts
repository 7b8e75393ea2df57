import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readFolder } from '#dist/files/folders/load.js'
import { writingOwnLayout } from '#dist/files/folders/rewrite-folder.js'
import { tokenizerFile } from '#dist/formats/disk/file-limit.js'
import { zipFolder } from '#dist/formats/zip/zip-folder.js'
import { Translator } from '#dist/index.js'
import { glassformer } from '../../../cli/command.ts'
import { golden, readExpected } from './expected.ts'

const archive = join(golden, 'translate-fr_en.argosmodel')
const scratch = mkdtempSync(join(tmpdir(), 'argos-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** The package as a folder. */
function unpacked(name: string, metadata: object): string {
  const folder = join(scratch, name)
  mkdirSync(folder)
  cpSync(join(golden, 'models', 'onmt-float16'), join(folder, 'model'), { recursive: true })
  const pieces = zipFolder(archive).folder.folder('translate-fr_en-1_9').bytes('sentencepiece.model', tokenizerFile)
  writeFileSync(join(folder, 'sentencepiece.model'), pieces)
  writeFileSync(join(folder, 'metadata.json'), JSON.stringify({ from_code: 'fr', to_code: 'en', ...metadata }))
  return folder
}

describe('a package of Argos Translate', () => {
  test('translates lines as Argos Translate does', async () => {
    const { lines, texts } = readExpected(golden).argos
    await using translator = await Translator.load(archive, { precision: 'float32' })
    const { beams, lengthPenalty, replaceUnknown } = translator.model.defaults
    expect({ beams, lengthPenalty, replaceUnknown }).toEqual({ beams: 4, lengthPenalty: 0.2, replaceUnknown: true })
    const found = await translator.translate(lines, { maxTokens: 24 })
    expect(found.map(({ text }) => text)).toEqual(texts)
  })

  test('begins translations with its target_prefix', async () => {
    await using translator = await Translator.load(unpacked('prefix', { target_prefix: '▁nu' }))
    const { text } = await translator.translate('nule gunsun')
    expect(text).toMatch(/^nu/)
  })

  test('translates sentences and paragraphs one by one, and keeps the white space between them', async () => {
    await using translator = await Translator.load(archive, { precision: 'float32' })
    const options = { maxTokens: 8 }
    const parts = await translator.translate(['nule gunsun.', 'Bano tin?', 'pes ri'], options)
    const [first, second, third] = parts.map(({ text }) => text)
    expect(translator.model.trainedOn).toBe('sentences')
    expect((await translator.translate('nule gunsun.  Bano tin?\n\n pes ri', options)).text).toBe(
      `${first}  ${second}\n\n ${third}`,
    )
  })

  test('keeps URLs, placeholders and characters outside the vocabulary', async () => {
    await using translator = await Translator.load(archive)
    const { text } = await translator.translate('nule https://example.org/a {name} 🙂 gunsun', { maxTokens: 40 })
    for (const kept of ['https://example.org/a', '{name}', '🙂']) expect(text).toContain(kept)
  })

  test('is held in int8, or in float32 on demand, from the archive and from the unpacked folder', async () => {
    await using translator = await Translator.load(archive)
    expect([translator.model.precision, translator.model.storedForm]).toEqual([
      'int8',
      expect.stringContaining('a package of Argos Translate'),
    ])
    await using other = await Translator.load(unpacked('as-folder', {}), { precision: 'float32' })
    expect(other.model.precision).toBe('float32')
  })

  test('is translated with by the command', async () => {
    await using translator = await Translator.load(archive)
    const { text } = await translator.translate('nule gunsun', { maxTokens: 8 })
    const flags = ['--model', archive, '--max-tokens', '8']
    expect(await glassformer(['translate', ...flags, 'nule gunsun'])).toEqual({
      code: 0,
      stdout: `${text}\n`,
      stderr: '',
    })
  })

  test('with a bpe.model cuts texts as Moses and subword-nmt do, and keeps that when it is converted', async () => {
    const answers = JSON.parse(readFileSync(new URL('../../../golden/moses/moses.json', import.meta.url), 'utf8'))
    const folder = unpacked('bpe', {})
    rmSync(join(folder, 'sentencepiece.model'))
    writeFileSync(join(folder, 'bpe.model'), answers.codes)
    const own = join(scratch, 'bpe-own')
    for (const _ of writingOwnLayout(folder, own));
    await using translator = await Translator.load(folder)
    await using converted = await Translator.load(own)
    const french = answers.cases.filter(({ language }: { language: string }) => language === 'fr')
    const known = new Set(JSON.parse(readFileSync(join(folder, 'model/shared_vocabulary.json'), 'utf8')))
    for (const { text, pieces } of french) {
      const tokens = pieces.map((piece: string) => (known.has(piece) ? piece : '<unk>'))
      expect(translator.tokenizer.tokens(text)).toEqual(tokens)
      expect(converted.tokenizer.tokens(text)).toEqual(tokens)
    }
    expect((await translator.translate("L'été", { maxTokens: 4 })).text).not.toContain('@@')
    writeFileSync(join(folder, 'bpe.model'), '#version: 0.2\nabc\n')
    await expect(Translator.load(folder)).rejects.toMatchObject({ code: 'ERR_TOKENIZER_FORMAT' })
  })

  test.each([
    [{ type: 'sbd' }, 'ERR_UNSUPPORTED', "'sbd'"],
    [{ from_code: 7 }, 'ERR_MODEL_FORMAT', 'from_code'],
    [{ from_code: '../x' }, 'ERR_MODEL_FORMAT', 'from_code'],
    [{ target_prefix: 'nowhere' }, 'ERR_MODEL_FORMAT', 'target_prefix'],
  ])('is refused where metadata.json says %j', (metadata, code, words) => {
    const folder = unpacked(`refused-${JSON.stringify(metadata).replace(/\W/g, '')}`, metadata)
    expect(() => readFolder(folder)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }))
  })
})

/** The archive with other bytes at the places where `find` stands. */
function edited(name: string, find: string, replace: (found: Buffer) => Buffer): string {
  const bytes = readFileSync(archive)
  for (let at = bytes.indexOf(find); at >= 0; at = bytes.indexOf(find, at + find.length))
    replace(bytes.subarray(at, at + find.length)).copy(bytes, at)
  const path = join(scratch, name)
  writeFileSync(path, bytes)
  return path
}

describe('a malicious archive', () => {
  test('with a name that leads out of it is refused', () => {
    const path = edited('out.argosmodel', 'translate-fr_en-1_9/metadata.json', (found) =>
      Buffer.from(found.toString().replace('translate-fr', '../../../../')),
    )
    expect(() => readFolder(path)).toThrow(
      expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringContaining('leads out') }),
    )
  })

  test('that claims a thousandfold size of its files is refused before anything is inflated', () => {
    const bytes = readFileSync(archive)
    const name = Buffer.from('translate-fr_en-1_9/model/model.bin')
    const central = bytes.lastIndexOf(name) - 46
    bytes.writeUInt32LE(0x7000_0000, central + 24)
    const path = join(scratch, 'bomb.argosmodel')
    writeFileSync(path, bytes)
    expect(() => readFolder(path)).toThrow(
      expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringMatching(/offset \d+.*become/) }),
    )
  })
})
