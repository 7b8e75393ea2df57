import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Augmenter } from '#dist/learn/train/augment/augmenter.js'
import { CorpusWords } from '#dist/learn/train/augment/corpus-words.js'
import { recipes } from '#dist/learn/train/augment/settings.js'
import { BatchStream } from '#dist/learn/train/batches/batch-stream.js'
import type { BatchStreamState } from '#dist/learn/train/batches/batch-stream-state.js'
import type { Pair } from '#dist/learn/train/pairs/corpus.js'
import { readTrainConfig } from '#dist/learn/train/settings/config.js'
import { train } from '#dist/learn/train/train.js'
import { nativeReasons } from '../../../backends.ts'
import { file, stream } from '../data/files.ts'
import { newFolder, pairsFile, smallConfig, weightsOf } from '../small-run.ts'

/** Ids are character codes; 0 ends a sentence. */
const codes = (text: string) => [...Array.from(text, (character) => character.charCodeAt(0)), 0]
const tokenizer = {
  encode: codes,
  encodeTarget: codes,
  sourcePiece: (id: number) => String.fromCharCode(id),
  piece: (id: number) => String.fromCharCode(id),
}

const pairs: Pair[] = Array.from({ length: 60 }, (_, k) => ({
  source: `Phrase ${k + 2} de Tom.`,
  target: `Sentence ${k + 2} of Tom.`,
}))
const words = await CorpusWords.of(stream(pairs))
const settings = { sourceTokens: 200, targetTokens: 200, longest: 70, shuffle: 10, seed: 3, epochs: 2 }

function streamOf(rates: object = {}, from?: BatchStreamState, longest = settings.longest) {
  const all = { ...recipes.rough, joined: 0.5, ...rates }
  const augmenter = new Augmenter(all, {
    words,
    languages: {},
    expressible: { placeholders: 3, everyCharacter: false },
  })
  return new BatchStream(stream(pairs), tokenizer, { ...settings, longest }, from, augmenter)
}

async function textsOf(from: BatchStream) {
  const texts: { epoch: number; source: string }[] = []
  for (let batch = await from.next(); batch; batch = await from.next())
    for (const { source } of batch.pairs) texts.push({ epoch: batch.epoch, source: String.fromCharCode(...source) })
  return texts
}

describe('batches of augmented pairs', () => {
  it('continue after any batch as if they had not been interrupted', async () => {
    const whole = await textsOf(streamOf())
    const broken = streamOf()
    const begun: string[] = []
    for (let count = 1; ; count++) {
      const batch = await broken.next()
      if (!batch) break
      begun.push(...batch.pairs.map(({ source }) => String.fromCharCode(...source)))
      if (count % 4) continue
      const rest = await textsOf(streamOf({}, JSON.parse(JSON.stringify(broken.state()))))
      expect([...begun, ...rest.map(({ source }) => source)]).toEqual(whole.map(({ source }) => source))
    }
  })

  it('have every pair once an epoch, drawn anew in each epoch', async () => {
    const nothing = Object.fromEntries(Object.keys(recipes.rough).map((name) => [name, 0]))
    const texts = await textsOf(streamOf({ ...nothing, joined: 0.5 }))
    const joined = [0, 1].map((epoch) => texts.filter((text) => text.epoch === epoch).map(({ source }) => source))
    for (const sources of joined) {
      const numbers = sources.flatMap((source) => source.match(/\d+/g)!.map(Number))
      expect(numbers.sort((a, b) => a - b)).toEqual(pairs.map((_, k) => k + 2))
      expect(sources.some((source) => source.match(/\d+/g)!.length > 1)).toBe(true)
    }
    expect(joined[0].toSorted()).not.toEqual(joined[1].toSorted())
  })

  it('keep the original form of pairs that would become too long', async () => {
    const short = streamOf({ joined: 1, names: 1, copied: 1 }, undefined, 21)
    const texts = await textsOf(short)
    expect(short.dropped.tooLong).toBe(0)
    const numbers = texts.filter(({ epoch }) => epoch === 0)
    expect(numbers.length).toBe(60)
  })
})

describe('a training on augmented pairs', () => {
  const data = { train: { path: pairsFile() }, heldOut: 20, augment: { ...recipes.rough, numbers: 1 } }
  const vocabulary = {
    size: 420,
    byteFallback: true,
    splitDigits: true,
    placeholders: 4,
    sourceLanguage: 'fr',
    targetLanguage: 'en',
  }
  const model = { dModel: 8, heads: 1, encoderLayers: 1, decoderLayers: 1, dFeedForward: 8, maxLength: 40 }
  const options = { backend: nativeReasons.length ? 'js' : 'native', threads: 1 } as const

  it('ends with the same bits after an interruption', async () => {
    const config = smallConfig({ data, vocabulary, model, training: { steps: 3, batchTokens: 150 } })
    const whole = await train(config, newFolder(), options)
    const folder = newFolder()
    const stopping = new AbortController()
    await train(config, folder, { ...options, signal: stopping.signal }, { step: () => stopping.abort() })
    const ended = await train(config, folder, options)
    expect(weightsOf(ended.model!).equals(weightsOf(whole.model!))).toBe(true)
    const { augment, ...plain } = data
    await expect(train(smallConfig({ data: plain, vocabulary, model }), folder, options)).rejects.toThrow(
      /data.augment.joined was 0.1 and is not set/,
    )
  })

  it('takes its names from a file that may move, but not change', async () => {
    const [first, moved, other] = ['Zoé\nLéa\n', 'Zoé\nLéa\n', 'Zoé\n'].map((text) => file(text))
    const folder = newFolder()
    const config = (nameList: string) =>
      smallConfig({
        data: { ...data, augment: { names: 0.5, nameList } },
        vocabulary,
        model,
        training: { steps: 1, batchTokens: 150 },
      })
    await train(config(first), folder, options)
    rmSync(first)
    await train(config(moved), folder, options)
    await expect(train(config(other), folder, options)).rejects.toMatchObject({
      code: 'ERR_INPUT',
      message: expect.stringContaining('the names of data.augment.nameList are not those that the training of'),
    })
    await expect(train(config(first), newFolder(), options)).rejects.toMatchObject({ code: 'ERR_FILE' })
    const empty = join(`${moved}-empty`)
    writeFileSync(empty, '\n \n')
    await expect(train(config(empty), newFolder(), options)).rejects.toThrow(
      /-empty has no names: give a file with one a/,
    )
  })
})

describe('the settings of augmentation', () => {
  const read = (augment: unknown, more: object = {}) =>
    readTrainConfig({ data: { train: { path: 'a.tsv' }, augment }, ...more } as never, 'run.json').data.augment

  it('are absent by default, a recipe by its name, or rates', () => {
    expect(read(undefined)).toBe(undefined)
    expect(read(null)).toBe(undefined)
    expect(read('rough')).toEqual(recipes.rough)
    expect(read({ typos: 0.5 })).toMatchObject({ typos: 0.5, joined: 0, names: 0 })
    expect(read(read('rough'))).toEqual(read('rough'))
  })

  it('are refused unless they are rates', () => {
    expect(() => read({ typos: 1.5 })).toThrow('run.json: data.augment.typos must be a number from 0 to 1, not 1.5')
    expect(() => read({ typo: 1 })).toThrow(/unknown key data.augment.typo; .*typos/)
    expect(() => read('ruogh')).toThrow(
      /run.json: data.augment: it must be 'none' or 'rough', or an object of rates, not "ruogh".*did you mean/i,
    )
    expect(() => read(5)).toThrow('run.json: data.augment must be an object, not 5')
    expect(() => read({ capitals: 0.5, lower: 0.6 })).toThrow(/data.augment: capitals, title and lower .* above 1/)
    expect(() => read('rough', { vocabulary: { type: 'words' } })).toThrow(/data.augment must be left out where/)
    expect(() =>
      readTrainConfig({ data: { train: { path: 'a' } }, vocabulary: { type: 'words', placeholders: 2 } }, 'r'),
    ).toThrow(/vocabulary.placeholders must be left out where type is 'words'/)
  })

  it('of the recipe are those in docs/training.md', () => {
    const page = readFileSync(new URL('../../../../docs/training.md', import.meta.url), 'utf8')
    expect(JSON.parse(/`rough` has these rates:\s+```json\n(.*?)```/s.exec(page)![1])).toEqual(recipes.rough)
  })
})
