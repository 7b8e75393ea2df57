import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TextGenerator } from '#dist/index.js'
import type { PairTokenizer } from '#dist/learn/train/batches/pair-tokenizer.js'
import { cutTexts } from '#dist/learn/train/batches/texts.js'
import { train } from '#dist/learn/train/index.js'
import { openCorpus } from '#dist/learn/train/pairs/corpus.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'

const scratch = scratchFolder()

/** Sums such as “seven plus two makes nine.”, whose results follow from what stands before them. */
const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const sums = words.flatMap((a, i) =>
  words.flatMap((b, j) => (words[i + j] ? [`${a} plus ${b} makes ${words[i + j]}.`] : [])),
)
const path = join(scratch, 'sums.txt')
writeFileSync(path, `${sums.join('\n')}\n`)

const settings = (steps: number, more: object = {}, data: object = {}) => ({
  data: { train: { format: 'text', path, ...more }, heldOut: 0, ...data } as never,
  vocabulary: { size: 40 },
  model: { dModel: 32, decoderLayers: 2, heads: 2, dFeedForward: 64, maxLength: 32 },
  training: { steps, batchTokens: 256, saveEvery: 5, learningRate: 5e-3, dropout: 0 },
})

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

describe('plain texts', () => {
  it('are lines, or documents, which end at an empty line', async () => {
    const file = join(scratch, 'plain.txt')
    writeFileSync(file, 'one\ntwo  three\n\n \nfour\n')
    const targets = async (unit?: 'lines' | 'documents') =>
      (await all(openCorpus({ format: 'text', path: file, ...(unit && { unit }) }))).map(({ target }) => target)
    expect(await targets()).toEqual(['one', 'two  three', 'four'])
    expect(await targets('documents')).toEqual(['one\ntwo  three', 'four'])
  })

  it('are given up to a separator, and lines without it are counted', async () => {
    const file = join(scratch, 'separated.txt')
    writeFileSync(file, 'a => b => c\nnothing\n')
    const corpus = openCorpus({ format: 'text', path: file, separator: ' => ' })
    expect(await all(corpus)).toEqual([{ source: 'a => ', target: 'b => c' }])
    expect(corpus.report).toMatchObject({ lines: 2, pairs: 1, malformed: 1 })
    await expect(all(openCorpus({ format: 'text', path: file, separator: '|' }))).rejects.toMatchObject({
      code: 'ERR_INPUT',
    })
  })

  it('are cut at white space where they are longer than the model reads', async () => {
    const tokenizer = { areWhole: true, encodeTarget: (text: string) => [...text.replace(/\s/g, ''), 'end'] }
    const cut = (target: string, source = '') =>
      all(cutTexts(stream([{ source, target }]), tokenizer as unknown as PairTokenizer, 6))
    expect((await cut('ab cd ef\ngh i')).map(({ target }) => target)).toEqual(['ab cd', 'ef\ngh i'])
    expect((await cut('abcdefgh ij')).map(({ target }) => target)).toEqual(['abcdefgh', 'ij'])
    expect(await cut('ab cd ef gh', 'given ')).toHaveLength(1)
  })
})

describe('a decoder alone', () => {
  it('learns to go on with texts, and its folder is loaded', async () => {
    const { model } = await train(settings(300) as never, join(scratch, 'learned'), { threads: 1 })
    const generator = await TextGenerator.load(model!, { workers: 1, threads: 1 })
    expect(generator.model.config).toMatchObject({ kind: 'decoderOnly', encoder: { layers: 0 } })
    const prompts = ['two plus three makes', 'four plus four makes', 'nine plus zero makes']
    const found = await generator.generate(prompts, { maxTokens: 12 })
    expect(found.map(({ text }) => text)).toEqual([' five.', ' eight.', ' nine.'])
    const [right, wrong] = await generator.score(['one plus one makes two.', 'one plus one makes nine.'])
    expect(right.perplexity).toBeLessThan(wrong.perplexity / 2)
    // The start of texts is given, so that the first token is scored too.
    expect(right.ids).toEqual(generator.tokenizer.encode('one plus one makes two.', { special: false }))
    await generator.close()
  }, 60_000)

  it('leaves pairs out of a training whose targets it finds improbable', async () => {
    const good = sums.slice(0, 30).map((sum, i) => `source ${i} ${sum.length}\t${sum}`)
    const bad = Array.from({ length: 12 }, (_, i) => `source b${i}\t${sums[i].split('').reverse().join('')}`)
    const tsv = join(scratch, 'mixed.tsv')
    writeFileSync(tsv, `${[...good, ...bad].join('\n')}\n`)
    const folder = join(scratch, 'filtered')
    const settings = {
      data: {
        train: { path: tsv },
        heldOut: 0,
        filterPerplexity: join(scratch, 'learned', 'model'),
        mostPerplexity: 50,
      },
      vocabulary: { size: 60 },
      model: { dModel: 16, encoderLayers: 1, decoderLayers: 1, heads: 2, dFeedForward: 16, maxLength: 64 },
      training: { steps: 1, batchTokens: 512 },
    }
    const left: number[] = []
    const started = ({ improbable }: { improbable: number }) => void left.push(improbable)
    await train(settings as never, folder, { threads: 1 }, { started })
    // The second time the first's verdict is read.
    await train(
      { ...settings, training: { ...settings.training, steps: 2 } } as never,
      folder,
      { threads: 1 },
      { started },
    )
    expect(left).toEqual([12, 12])
    const other = { ...settings, data: { ...settings.data, filterPerplexity: 'fr-en' } }
    await expect(train(other as never, join(scratch, 'no-judge'))).rejects.toMatchObject({ code: 'ERR_OPTION' })
  }, 60_000)

  it('goes on to the same bits after it was stopped', async () => {
    const weightsOf = (folder: string) => readFileSync(join(folder, 'model', 'model.safetensors'))
    const [whole, parts] = [join(scratch, 'whole'), join(scratch, 'parts')]
    await train(settings(12, {}, { heldOut: 4 }) as never, whole, { threads: 1 })
    const stop = new AbortController()
    const step = ({ step }: { step: number }) => step === 7 && stop.abort()
    const { ended } = await train(
      settings(12, {}, { heldOut: 4 }) as never,
      parts,
      { threads: 1, signal: stop.signal },
      { step },
    )
    expect(ended).toBe('stopped')
    await train(settings(12, {}, { heldOut: 4 }) as never, parts, { threads: 1 })
    expect(weightsOf(parts).equals(weightsOf(whole))).toBe(true)
  }, 60_000)

  it('learns only what stands after a separator', async () => {
    const losses: number[] = []
    const given = settings(150, { separator: 'makes ' })
    const listener = { step: ({ loss, tokens }: { loss: number; tokens: number }) => void losses.push(loss, tokens) }
    const { model } = await train(given as never, join(scratch, 'after'), { threads: 1 }, listener)
    const generator = await TextGenerator.load(model!, { workers: 1, threads: 1 })
    const [known] = await generator.score(['two plus five makes seven.'])
    const own = generator.tokenizer.encode('two plus five makes ', { special: false }).length
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
    // Given tokens were never predicted, and stay as improbable as they were.
    expect(mean(known.tokenScores.slice(own))).toBeGreaterThan(-0.5)
    expect(mean(known.tokenScores.slice(0, own))).toBeLessThan(-2)
    await generator.close()
  }, 60_000)

  it.each([
    ['data', { data: { train: { format: 'text', path }, augment: { names: true } } }],
    ['training', { training: { teacher: 'fr-en' } }],
    ['vocabulary', { vocabulary: { sharing: 'separate' } }],
    ['languages of targets', { vocabulary: { targetLanguages: ['en', 'fr'] } }],
    ['model', { model: { encoderSelfAttention: 'convolution' } }],
    ['from', { from: 'fr-en', vocabulary: undefined, model: undefined }],
  ])('refuses settings of pairs: %s', async (_, more) => {
    await expect(train({ ...settings(1), ...more } as never, join(scratch, 'refused'))).rejects.toMatchObject({
      code: 'ERR_OPTION',
    })
  })
})
