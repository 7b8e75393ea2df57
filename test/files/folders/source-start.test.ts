import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { convertFolder } from '#dist/files/folders/convert.js'
import { writeGlassformerFolder } from '#dist/files/folders/glassformer.js'
import { loadFolder, readFolder } from '#dist/files/folders/load.js'
import { joinWords } from '#dist/files/folders/tokenizers/tokenizer-files.js'
import { checkTeacher } from '#dist/learn/train/check-teacher.js'
import { readModel } from '#dist/learn/train/models/kept-model.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { learnShortlist } from '#dist/learn/train/shortlist/ibm1.js'
import { train } from '#dist/learn/train/train.js'
import { Translator } from '#dist/use/translate/translator.js'
import { edit, golden, readJson, scratch } from './edited-folder.ts'

const { weights, generation } = loadFolder(golden('marian-f16'), { precision: 'float32' })
const own = (name: string, more: object = {}): string => {
  const folder = join(scratch, name)
  writeGlassformerFolder(folder, { weights, dtype: 'float32', generation, ...more })
  return folder
}

describe('a folder whose sources begin with a token', () => {
  const list = [
    '</s>',
    '<unk>',
    '<sos>',
    ...Array.from({ length: weights.config.sourceVocabulary - 3 }, (_, i) => `w${i}`),
  ]
  const starting = (name: string, joiner?: string): string => {
    const folder = own(name, {
      tokenizer: { kind: 'words', source: `${list.join('\n')}\n`, ...(joiner !== undefined && { joiner }) },
    })
    return edit(folder, 'config.json', (json) => {
      json.ids = { ...(json.ids as object), end: 0, unknown: 1, sourceStart: 2 }
    })
  }

  it('is kept, and so is the joiner that joins without white space, when it is stored in another dtype', () => {
    const to = join(scratch, 'starting-i8')
    convertFolder(starting('starting', ''), to, 'int8')
    const model = loadFolder(to)
    expect(model.config.ids.sourceStart).toBe(2)
    expect(model.tokenizer).toMatchObject({ kind: 'words', joiner: '' })
    const again = join(scratch, 'starting-again')
    const { tokenizer } = readFolder(to)
    writeGlassformerFolder(again, {
      weights: loadFolder(to, { precision: 'float32' }).weights,
      dtype: 'float32',
      tokenizer,
    })
    expect(readJson(join(again, 'config.json'))).toMatchObject({ ids: { sourceStart: 2 }, tokenizer: { joiner: '' } })
  })

  it('has the same translation and score as if one wrote the token oneself', async () => {
    const [plain, begun] = [starting('plain'), starting('begun')]
    edit(plain, 'config.json', (json) => delete (json.ids as Record<string, unknown>).sourceStart)
    await using without = await Translator.load(plain, { backend: 'js' })
    await using translator = await Translator.load(begun, { backend: 'js' })
    const options = { maxTokens: 6, attention: true, protect: false }
    const expected = await without.translate('<sos> w5 w6', options)
    expect(await without.translate('w5 w6', options)).not.toEqual(expected)
    const ids = [5, 6].map((word) => list.indexOf(`w${word}`))
    for (const source of ['w5 w6', '<sos> w5 w6', ids, [2, ...ids, 0]])
      expect(await translator.translate(source, options)).toEqual(expected)
    expect(translator.translateSync('w5 w6', options)).toEqual(expected)
    expect(translator.tokenizer.encode('w5 w6')).toEqual([2, ...ids, 0])
    expect(translator.tokenizer.decode([2, ...ids, 0], { side: 'source' })).toBe('w5 w6')
    const [scored] = await translator.score([{ source: 'w5 w6', target: 'w7' }])
    expect(scored).toEqual((await without.score([{ source: '<sos> w5 w6', target: 'w7' }]))[0])
  })

  it('joins words without white space where its joiner is empty', async () => {
    await using spaced = await Translator.load(starting('spaced'), { backend: 'js' })
    await using joined = await Translator.load(starting('joined', ''), { backend: 'js' })
    const [apart, together] = await Promise.all(
      [spaced, joined].map((each) => each.translate('w5 w6', { maxTokens: 6 })),
    )
    expect(apart.text).toMatch(/ /)
    expect(together.text).toBe(apart.text.replaceAll(' ', ''))
    expect(joined.tokenizer.decode([5, 6, 0])).toBe('w2w3')
    expect(joinWords('2 0 2 3 -', readFolder(starting('written', '')).tokenizer)).toBe('2023-')
  })

  it('is trained further with the token, and keeps it and the joiner', async () => {
    const folder = starting('origin', '')
    const path = join(scratch, 'pairs.tsv')
    writeFileSync(path, Array.from({ length: 40 }, (_, i) => `w${i} w${i + 1}\tw${i + 2} w${i}\n`).join(''))
    const settings = {
      from: folder,
      data: { train: { path }, heldOut: 4 },
      training: { steps: 1 },
      validation: { sentences: 1 },
    }
    const run = join(scratch, 'run')
    const { model } = await train(readTrainConfig(settings, 'a test'), run, { backend: 'js', threads: 1 })
    const trained = loadFolder(model!)
    expect(trained.config.ids.sourceStart).toBe(2)
    expect(trained.tokenizer).toMatchObject({ joiner: '' })
    expect(trained.trainedOn).toBe('texts') // as the folder says from which it began
    expect(readModel(folder, run).tokenizer.encode('w1')).toEqual([2, list.indexOf('w1'), 0])
  })

  it('teaches a shortlist what the tokens of a text become, not what begins it', async () => {
    const { tokenizer, weights: own } = readModel(starting('listed'), 'none')
    const pairs = async function* () {
      for (let i = 0; i < 20; i++) yield { source: `w${i % 3}`, target: `w${i % 3}` }
    }
    const again = { [Symbol.asyncIterator]: pairs }
    const { offsets } = await learnShortlist(again, tokenizer, own.config, { perToken: 3, frequent: 1, iterations: 2 })
    const w0 = list.indexOf('w0')
    expect(offsets[w0 + 1] - offsets[w0]).toBeGreaterThan(0)
    expect(offsets[3] - offsets[2]).toBe(1) // itself, as the vocabulary is one
  })

  it('is no teacher of one whose sources do not', () => {
    const [student, teacher] = [starting('student'), starting('teacher')].map((folder) => readModel(folder, 'none'))
    expect(() => checkTeacher(student, teacher)).not.toThrow()
    teacher.weights.config.ids.sourceStart = undefined
    expect(() => checkTeacher(student, teacher)).toThrow(
      /it begins sources with no token of their own and the student with id 2/,
    )
  })

  it('names a token of the source vocabulary', () => {
    const folder = edit(starting('beyond'), 'config.json', (json) => {
      json.ids = { ...(json.ids as object), sourceStart: weights.config.sourceVocabulary }
    })
    expect(() => loadFolder(folder)).toThrow(
      expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringContaining('ids.sourceStart') }),
    )
  })
})
