import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMarianTokenizer } from '#dist/language/text/marian-tokenizer.js'
import { type Batch, BatchStream } from '#dist/learn/train/batches/batch-stream.js'
import type { BatchSettings, BatchStreamState } from '#dist/learn/train/batches/batch-stream-state.js'
import { CleanPairs } from '#dist/learn/train/pairs/cleaning.js'
import { openCorpus } from '#dist/learn/train/pairs/corpus.js'
import { MarianVocabularyTrainer } from '#dist/learn/train/vocabulary/vocabulary.js'
import { sharedFolder } from '../../../shared-folder.ts'
import { hasTatoeba, tatoeba } from '../vocabulary/tatoeba.ts'
import { stream } from './files.ts'

/** Ids are character codes; 0 ends a sentence. */
const codes = (text: string) => Array.from(text, (character) => character.charCodeAt(0))
const tokenizer = {
  encode: (text: string) => (text === '' ? [] : [...codes(text), 0]),
  encodeTarget: (text: string) => [...codes(text), 0],
  sourcePiece: (id: number) => String.fromCharCode(id),
  piece: (id: number) => (id === 0 ? '</s>' : String.fromCharCode(id)),
}

/** Pairs that are all different, with sides of many lengths. */
const corpus = (count: number) =>
  Array.from({ length: count }, (_, k) => ({
    source: `${k}:${'s'.repeat((k * 7) % 13)}`,
    target: `${k}:${'t'.repeat((k * 5) % 17)}`,
  }))

async function batches(from: BatchStream, most = Number.POSITIVE_INFINITY): Promise<Batch[]> {
  const list: Batch[] = []
  while (list.length < most) {
    const batch = await from.next()
    if (batch === null) break
    list.push(batch)
  }
  return list
}

const sourcesOf = (list: readonly Batch[]) =>
  list.flatMap(({ pairs }) => pairs.map(({ source }) => String.fromCharCode(...source.slice(0, -1))))

const budget = { sourceTokens: 60, targetTokens: 70 }
const settings: BatchSettings = { ...budget, longest: 256, shuffle: 1000, seed: 1, epochs: 1 }
const someSettings = fc.record({ shuffle: fc.constantFrom(0, 1, 7, 1000), seed: fc.nat() })

describe('BatchStream', () => {
  it('yields every pair once an epoch, in batches within the budget', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), someSettings, async (count, some) => {
        const from = new BatchStream(stream(corpus(count)), tokenizer, { ...settings, ...some, epochs: 2 })
        const list = await batches(from)
        for (const epoch of [0, 1])
          expect(sourcesOf(list.filter((batch) => batch.epoch === epoch)).sort()).toEqual(
            corpus(count)
              .map(({ source }) => source)
              .sort(),
          )
        for (const { pairs } of list) {
          expect(pairs.flatMap(({ source }) => source).length).toBeLessThanOrEqual(budget.sourceTokens)
          expect(pairs.flatMap(({ target }) => target).length).toBeLessThanOrEqual(budget.targetTokens)
        }
      }),
    )
  })

  it('keeps source and target of a pair together, both with their ends', async () => {
    const number = (ids: readonly number[]) => String.fromCharCode(...ids).split(':')[0]
    for (const { pairs } of await batches(new BatchStream(stream(corpus(50)), tokenizer, settings)))
      for (const { source, target } of pairs) {
        expect(number(target)).toBe(number(source))
        expect([source.at(-1), target.at(-1)]).toEqual([0, 0])
      }
  })

  it('reports the padding of a batch if it were stacked', async () => {
    const pairs = [
      { source: 'abcd', target: 'ab' },
      { source: 'ab', target: 'abc' },
    ]
    const [{ paddingShare }] = await batches(new BatchStream(stream(pairs), tokenizer, settings))
    expect(paddingShare).toBeCloseTo(1 - (5 + 3 + 3 + 4) / (2 * 5 + 2 * 4), 12)
  })

  it('continues after any batch as if it had not been interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        someSettings,
        fc.nat(30),
        fc.nat(10),
        async (count, some, stop, again) => {
          const pairs = [...corpus(count), { source: '', target: 'x' }, { source: 'x'.repeat(61), target: 'x' }]
          const all = { ...settings, ...some, epochs: 3 }
          const whole = new BatchStream(stream(pairs), tokenizer, all)
          const expected = await batches(whole)
          let interrupted = new BatchStream(stream(pairs), tokenizer, all)
          const found = await batches(interrupted, stop)
          for (const more of [again, Number.POSITIVE_INFINITY]) {
            const state: BatchStreamState = JSON.parse(JSON.stringify(interrupted.state()))
            interrupted = new BatchStream(stream(pairs), tokenizer, all, state)
            expect(interrupted.state()).toEqual(state)
            found.push(...(await batches(interrupted, more)))
          }
          expect(found).toEqual(expected)
          expect(interrupted.dropped).toEqual(whole.dropped)
        },
      ),
    )
  })

  it('has another order in every epoch and for every seed, and the same for the same', async () => {
    const order = async (seed: number) =>
      sourcesOf(await batches(new BatchStream(stream(corpus(40)), tokenizer, { ...settings, seed, epochs: 2 })))
    const one = await order(1)
    expect(await order(1)).toEqual(one)
    expect(await order(2)).not.toEqual(one)
    expect(one.slice(40)).not.toEqual(one.slice(0, 40))
  })

  it('drops and counts pairs that are too long or empty', async () => {
    const pairs = [
      ...corpus(5),
      { source: '', target: 'a' },
      { source: 'long'.repeat(9), target: 'a' },
      { source: 'a', target: 'long'.repeat(9) },
    ]
    const from = new BatchStream(stream(pairs), tokenizer, { ...settings, longest: 30 })
    expect(sourcesOf(await batches(from))).toHaveLength(5)
    expect(from.dropped).toEqual({ tooLong: 2, empty: 1 })
  })

  it('detects changes of the corpus or the settings', async () => {
    const from = new BatchStream(stream(corpus(40)), tokenizer, { ...settings, seed: 5 })
    await batches(from, 3)
    const state = from.state()
    const resume = (count: number, change: (source: string) => string, more: Partial<BatchSettings> = {}) =>
      new BatchStream(
        stream(corpus(count).map(({ source, target }) => ({ source: change(source), target }))),
        tokenizer,
        { ...settings, seed: 5, ...more },
        state,
      ).next()
    await expect(resume(40, (source) => source)).resolves.not.toBeNull()
    await expect(resume(40, (source) => `${source}!`)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringMatching(/has changed/) }),
    )
    await expect(resume(2, (source) => source)).rejects.toThrow(/it has only 2 pairs now/)
    expect(() => resume(40, (source) => source, { seed: 6 })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/^seed: .*with 5 .*with 6/) }),
    )
  })

  it("returns the pieces of a pair's ids", () => {
    const pair = { source: codes('ab'), target: tokenizer.encodeTarget('c') }
    const pieces = { source: 'a b', target: 'c </s>' }
    expect(new BatchStream(stream([]), tokenizer, settings).pieces(pair)).toEqual(pieces)
  })

  it('reports that there is nothing to train on', async () => {
    await expect(new BatchStream(stream([]), tokenizer, settings).next()).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_INPUT', message: expect.stringMatching(/no pair to train on/) }),
    )
    await expect(new BatchStream(stream(corpus(3)), tokenizer, { ...settings, longest: 1 }).next()).rejects.toThrow(
      /3 have too many tokens, 0 none/,
    )
  })
})

describe.skipIf(!hasTatoeba)(`with French-English sentences${hasTatoeba ? '' : ' (the data is not there)'}`, () => {
  const path = `${sharedFolder}/data/tatoeba-fr-en.valid.tsv.gz`

  it('reads, cleans, tokenizes and resumes', async () => {
    const vocabulary = new MarianVocabularyTrainer({ type: 'unigram', size: 1000, sharing: 'joint', longestText: 512 })
    for (const pair of tatoeba('train', 5000)) vocabulary.add(pair)
    const french = createMarianTokenizer({ ...vocabulary.train(), where: 'vocabulary' })
    const pairs = new CleanPairs(openCorpus({ format: 'tsv', path }))
    const all = { ...settings, sourceTokens: 1000, targetTokens: 1000, shuffle: 500, epochs: 2 }
    const expected = await batches(new BatchStream(pairs, french, all))
    expect(pairs.report).toMatchObject({ read: 2000, kept: 2000 })
    expect(expected.reduce((sum, { pairs }) => sum + pairs.length, 0)).toBe(4000)
    const first = new BatchStream(pairs, french, all)
    const found = await batches(first, 17)
    await first.close()
    found.push(...(await batches(new BatchStream(pairs, french, all, first.state()))))
    expect(found).toEqual(expected)
  })
})
