import { describe, expect, it } from 'vitest'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import { learnShortlist } from '#dist/learn/train/shortlist/ibm1.js'
import { stream } from '../data/files.ts'
import { modelConfig } from '../small-model.ts'

const list = (...words: string[]) => ['</s>', '<unk>', ...words, '<pad>', ''].join('\n')
const french = list('un', 'deux', 'Tom')
const english = list('one', 'two', 'Tom')
const pairs = [
  { source: 'un', target: 'one' },
  { source: 'deux', target: 'two' },
]

/** The targets of each source token, for a model with two embedding matrices. */
async function targetsOf(source: string, target?: string): Promise<number[][]> {
  const size = source.split('\n').length - 1
  const config = { ...modelConfig, sourceVocabulary: size, targetVocabulary: size, sharedEmbedding: false }
  const files = { kind: 'words', source, target, where: 'a test', model: config }
  const tokenizer = createTokenizer(files as Parameters<typeof createTokenizer>[0])!
  const settings = { perToken: 1, frequent: 0, iterations: 3 }
  const { offsets, targets } = await learnShortlist(stream(pairs), tokenizer, config, settings)
  return Array.from({ length: size }, (_, id) => [...targets.subarray(offsets[id], offsets[id + 1])])
}

describe('a shortlist', () => {
  it('lists every token of a shared vocabulary for itself, even with two embedding matrices', async () => {
    const joint = list('un', 'deux', 'Tom', 'one', 'two')
    expect((await targetsOf(joint)).slice(2, 7)).toEqual([[5, 2], [6, 3], [4], [5], [6]])
  })

  it('lists a token of two vocabularies for itself only if the id is the same piece', async () => {
    expect((await targetsOf(french, english)).slice(2, 5)).toEqual([[2], [3], [4]])
    expect((await targetsOf(french, list('two', 'Tom', 'one'))).slice(2, 5)).toEqual([[4], [2], []])
  })
})
