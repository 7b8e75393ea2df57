import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { patchesOf } from '#dist/engine/model/patches.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { openImage } from '#dist/image/open-image.js'
import { processed } from '#dist/image/processing.js'
import { Reader } from '#dist/use/read/index.js'
import { Translator } from '#dist/use/translate/translator.js'
import { scratch } from '../../files/folders/edited-folder.ts'

const folder = new URL('../../golden/seq2seq2/trocr-vit/model', import.meta.url).pathname
const page = new URL('../../golden/pictures/page.png', import.meta.url).pathname

const copied = (name: string, processor?: object) => {
  const made = join(scratch, `reader-${name}`)
  cpSync(folder, made, { recursive: true })
  if (processor) writeFileSync(join(made, 'preprocessor_config.json'), JSON.stringify(processor))
  return made
}

describe('a reader', () => {
  let reader: Reader
  beforeAll(async () => {
    const processor = {
      size: { height: 32, width: 32 },
      resample: 3,
      image_mean: [0.4, 0.5, 0.6],
      image_std: [0.2, 0.3, 0.4],
    }
    reader = await Reader.load(copied('bicubic', processor), { workers: 1 })
  })
  afterAll(() => reader.close())

  it('reads a file, its bytes and its pixels alike, as the model does by itself', async () => {
    const options = { maxTokens: 10, beams: 4, alternatives: 2 }
    const pixels = await openImage(page)
    const [ofFile, ofBytes, ofPixels] = await reader.read([page, new Uint8Array(readFileSync(page)), pixels], options)
    const { weights, config, generation } = loadFolder(folder, { precision: 'float32' })
    const values = processed(pixels, {
      size: [32, 32],
      resampling: 'bicubic',
      crop: null,
      rescale: 1 / 255,
      mean: [0.4, 0.5, 0.6],
      deviation: [0.2, 0.3, 0.4],
    })
    const player = new JsPlayer()
    const generator = new Generator(player, weights, { batchTokens: 200, shortlist: null })
    let found: Found[] = []
    generator.add({
      source: patchesOf(values, config.picture!),
      options: { ...generation, ...options },
      done: (all) => {
        found = all
      },
    })
    while (generator.busy) generator.step()
    player.close()
    expect(ofFile.ids).toEqual(found[0].ids)
    expect(ofFile.score).toBeCloseTo(found[0].score, 3)
    expect(ofFile.alternatives?.map(({ ids }) => ids)).toEqual(found.map(({ ids }) => ids))
    expect(ofBytes).toEqual(ofFile)
    expect(ofPixels).toEqual(ofFile)
    const { alternatives: _, ...one } = ofFile
    expect(Object.keys(one)).toEqual(['text', 'tokens', 'score', 'ids', 'tokenScores', 'finishReason'])
    expect(await reader.read([])).toEqual([])
  })

  it('reads pictures one after the other, and takes few before their texts are taken', async () => {
    let taken = 0
    async function* pictures() {
      for (; taken < 60; taken++) yield taken === 55 ? 'nowhere.png' : page
    }
    const texts: string[] = []
    const options = { maxTokens: 3, beams: 1 }
    const reading = reader.readEach(pictures(), options)
    const { value: first } = await reading.next()
    expect(taken).toBeLessThan(20)
    await expect(
      (async () => {
        for await (const { ids } of reading) texts.push(ids.join(' '))
      })(),
    ).rejects.toMatchObject({ code: 'ERR_FILE', message: expect.stringMatching(/^image 55: .*nowhere/) })
    expect(texts.length).toBeGreaterThanOrEqual(40)
    expect(new Set(texts)).toEqual(new Set([first.ids.join(' ')]))
    await expect(reader.readEach('page.png' as never).next()).rejects.toMatchObject({ code: 'ERR_INPUT' })
    await expect(reader.read([page, new Uint8Array(3)], options)).rejects.toMatchObject({
      code: 'ERR_IMAGE_FORMAT',
      message: expect.stringMatching(/^image 1: /),
    })
    for await (const { ids } of reader.readEach([page, page, page], options)) {
      expect(ids.join(' ')).toBe(texts[0])
      break
    }
    expect((await reader.read(page, options)).ids.join(' ')).toBe(texts[0])
  })

  it('is stopped by a signal and by its time, and refuses wrong options', async () => {
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'read',
        (error) => error.code,
      )
    expect(await code(reader.read(page, { signal: AbortSignal.abort() }))).toBe('ERR_ABORTED')
    const leaving = new AbortController()
    const reading = code(reader.read(new Array(50).fill(page), { signal: leaving.signal, beams: 8 }))
    setTimeout(() => leaving.abort(), 5)
    expect(await reading).toBe('ERR_ABORTED')
    expect(await code(reader.read(new Array(200).fill(page), { timeout: 1, beams: 8 }))).toBe('ERR_TIMEOUT')
    expect(await code(reader.read(page, { beams: 0 }))).toBe('ERR_OPTION')
    expect(await code(reader.read(page, { bems: 1 } as object))).toBe('ERR_OPTION')
    expect(await code(reader.read(page, { stopStrings: ['x'] }))).toBe('ERR_OPTION')
    expect(await code(reader.read(page, null as unknown as object))).toBe('ERR_OPTION')
    expect(await code(reader.read('nowhere.png'))).toBe('ERR_FILE')
  })
})

it('refuses processors and models that it cannot follow', async () => {
  const code = async (path: string) =>
    Reader.load(path, { workers: 1 }).then(
      async (reader) => {
        await reader.close()
        return 'loaded'
      },
      (error) => error.code,
    )
  expect(await code(copied('lanczos', { size: 32, resample: 1 }))).toBe('loaded')
  expect(await code(copied('hamming', { size: 32, resample: 5 }))).toBe('ERR_UNSUPPORTED')
  expect(await code(copied('shortest', { size: { shortest_edge: 32 } }))).toBe('ERR_UNSUPPORTED')
  expect(await code(copied('larger', { size: 64 }))).toBe('ERR_MODEL_FORMAT')
  expect(await code(copied('gray', { size: 32, image_mean: [0.5] }))).toBe('ERR_MODEL_FORMAT')
  expect(await code(copied('flat', { size: 32, image_std: [0.5, 0, 0.5] }))).toBe('ERR_MODEL_FORMAT')
  const damaged = copied('damaged')
  writeFileSync(join(damaged, 'preprocessor_config.json'), '{')
  expect(await code(damaged)).toBe('ERR_MODEL_FORMAT')
  const ofTexts = new URL('../../golden/seq2seq2/umt5/model', import.meta.url).pathname
  expect(await code(ofTexts)).toBe('ERR_UNSUPPORTED')
  await expect(Translator.load(folder)).rejects.toThrow(/model of pictures.*Reader\.load/)
})
