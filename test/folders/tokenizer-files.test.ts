import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadFolder } from '#dist/folders/load.js'
import { createTokenizer, type TokenizerFiles } from '#dist/folders/tokenizer-files.js'
import { expectError } from '../formats/raw-safetensors.ts'

const embedded = fileURLToPath(new URL('../../models/fr-en', import.meta.url))
const place = { where: 'here', sourceVocabulary: 6, ids: { end: 1, start: 0, padding: 0, unknown: 2 } }
const words = 'nothing\nstop\nwhat\nla\nmaison\nverte\n'
const wordFiles: TokenizerFiles = { kind: 'words', source: words, target: words.replace('maison', 'house'), ...place }

describe('createTokenizer', () => {
  test('makes the tokenizer of the embedded model, from files that went through a clone', () => {
    const tokenizer = createTokenizer(structuredClone(loadFolder(embedded).tokenizer))!
    const ids = tokenizer.encode('Je suis étudiant.')
    expect(ids.at(-1)).toBe(0)
    expect(tokenizer.sourceSize).toBe(8000)
    expect(tokenizer.decode(tokenizer.encodeTarget(`I'm a student.`))).toBe(`I'm a student.`)
  })

  test('makes one by SentencePiece, whose end is the model’s', () => {
    const source = readFileSync(`${embedded}/source.spm`)
    const ids = { end: 0, start: null, padding: 8000, unknown: 1 }
    const files: TokenizerFiles = { kind: 'sentencepiece', source, where: 'here', ids, sourceVocabulary: 8001 }
    expect(createTokenizer(files)!.sourceSize).toBe(8000)
    const padded = createTokenizer({ ...files, extraPieces: ['<pad>'] })!
    expect(padded.encode('merci').at(-1)).toBe(0)
    expect(padded.decode([...padded.encodeTarget('merci'), 8000])).toBe('merci')
    expectError(
      () => createTokenizer({ ...files, extraPieces: ['<pad>', '<s>'] }),
      'ERR_MODEL_FORMAT',
      'has 8002 ids and the model only 8001',
    )
  })

  test('makes one of words, with the special words that stand at the model’s ids', () => {
    const tokenizer = createTokenizer(wordFiles)!
    expect(tokenizer.encode('la maison bleue')).toEqual([3, 4, 2, 1])
    expect(tokenizer.decode([0, 3, 4, 1])).toBe('la house')
    const apart = createTokenizer({ ...wordFiles, ids: { ...place.ids, start: 5, padding: 0 } })!
    expect(apart.decode([5, 3, 4, 1, 0])).toBe('la house')
  })

  test('makes none where ids go in and out', () => expect(createTokenizer({ kind: 'none' })).toBe(null))

  test('refuses files that are damaged or belong to another model', () => {
    expectError(
      () => createTokenizer({ ...wordFiles, sourceVocabulary: 5 }),
      'ERR_MODEL_FORMAT',
      'here',
      'has 6 ids and the model only 5',
    )
    const elsewhere = {
      ...wordFiles,
      source: `${words}</s>\n`,
      target: `${words}</s>\n`,
      sourceVocabulary: 9,
      ids: { ...place.ids, end: 8 },
    }
    expectError(() => createTokenizer(elsewhere), 'ERR_MODEL_FORMAT', 'ends a sentence with id 6 and the model with 8')
    expectError(() => createTokenizer({ ...wordFiles, source: 'a\na\n' }), 'ERR_TOKENIZER_FORMAT', 'here')
    const spoilt: TokenizerFiles = { kind: 'sentencepiece', source: Uint8Array.of(1, 2, 3), ...place }
    expectError(() => createTokenizer(spoilt), 'ERR_TOKENIZER_FORMAT', 'here')
    const { tokenizer } = loadFolder(embedded)
    if (tokenizer.kind !== 'marian') throw new Error('a Marian tokenizer was expected')
    expectError(() => createTokenizer({ ...tokenizer, vocabulary: '{"a": 0' }), 'ERR_TOKENIZER_FORMAT', 'vocab.json')
    expectError(
      () => createTokenizer({ ...tokenizer, source: tokenizer.source.subarray(0, 1000) }),
      'ERR_TOKENIZER_FORMAT',
      'source.spm',
    )
  })
})
