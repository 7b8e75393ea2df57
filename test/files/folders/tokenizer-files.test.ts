import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { loadFolder } from '#dist/files/folders/load.js'
import { createTokenizer } from '#dist/files/folders/tokenizers/make-tokenizer.js'
import type { TokenizerFiles } from '#dist/files/folders/tokenizers/tokenizer-files.js'
import { expectError } from '../../formats/raw-safetensors.ts'

const embedded = fileURLToPath(new URL('../../../models/fr-en', import.meta.url))
const model = { sourceVocabulary: 6, targetVocabulary: 6, ids: { end: 1, start: 0, padding: 0, unknown: 2 } }
const words = 'nothing\nstop\nwhat\nla\nmaison\nverte\n'
const wordFiles: TokenizerFiles = {
  kind: 'words',
  source: words,
  target: words.replace('maison', 'house'),
  where: 'here',
  model,
}

describe('createTokenizer', () => {
  test('makes the tokenizer of the embedded model, from files that went through a clone', () => {
    const tokenizer = createTokenizer(structuredClone(loadFolder(embedded).tokenizer))!
    const ids = tokenizer.encode('Je suis étudiant.')
    expect(ids.at(-1)).toBe(0)
    expect(tokenizer.sourceSize).toBe(12000)
    expect(tokenizer.decode(tokenizer.encodeTarget(`I'm a student.`))).toBe(`I'm a student.`)
  })

  test('makes one by SentencePiece, whose end is the model’s', () => {
    const source = readFileSync(`${embedded}/source.spm`)
    const ids = { end: 0, start: null, padding: 12000, unknown: 1 }
    const padding = { sourceVocabulary: 12001, targetVocabulary: 12001, ids }
    const files: TokenizerFiles = { kind: 'sentencepiece', source, where: 'here', model: padding }
    expect(createTokenizer(files)!.sourceSize).toBe(12000)
    const padded = createTokenizer({ ...files, extraPieces: ['<pad>'] })!
    expect(padded.encode('merci').at(-1)).toBe(0)
    expect(padded.decode([...padded.encodeTarget('merci'), 12000])).toBe('merci')
    expectError(
      () => createTokenizer({ ...files, extraPieces: ['<pad>', '<s>'] }),
      'ERR_MODEL_FORMAT',
      'has 12002 ids and the model only 12001',
    )
  })

  test('makes one of words, with the special words that stand at the model’s ids', () => {
    const tokenizer = createTokenizer(wordFiles)!
    expect(tokenizer.encode('la maison bleue')).toEqual([3, 4, 2, 1])
    expect(tokenizer.decode([0, 3, 4, 1])).toBe('la house')
    const joint = createTokenizer({ ...wordFiles, target: undefined })!
    expect(joint.decode([0, 3, 4, 1])).toBe('la maison')
    const apart = createTokenizer({ ...wordFiles, model: { ...model, ids: { ...model.ids, start: 5, padding: 0 } } })!
    expect(apart.decode([5, 3, 4, 1, 0])).toBe('la house')
  })

  test('makes none where ids go in and out', () => expect(createTokenizer({ kind: 'none' })).toBe(null))

  test('refuses files that are damaged or belong to another model', () => {
    expectError(
      () => createTokenizer({ ...wordFiles, model: { ...model, sourceVocabulary: 5 } }),
      'ERR_MODEL_FORMAT',
      'here',
      'has 6 ids and the model only 5 for the source',
    )
    // Else a target to be scored could have a word that the model lacks.
    expectError(
      () => createTokenizer({ ...wordFiles, target: `${words}rouge\n` }),
      'ERR_MODEL_FORMAT',
      'has 7 ids and the model only 6 for the target',
    )
    const elsewhere = {
      ...wordFiles,
      source: `${words}</s>\n`,
      target: `${words}</s>\n`,
      model: { sourceVocabulary: 9, targetVocabulary: 9, ids: { ...model.ids, end: 8 } },
    }
    expectError(() => createTokenizer(elsewhere), 'ERR_MODEL_FORMAT', 'ends a sentence with id 6 and the model with 8')
    expectError(() => createTokenizer({ ...wordFiles, source: 'a\na\n' }), 'ERR_TOKENIZER_FORMAT', 'here')
    const spoilt: TokenizerFiles = { kind: 'sentencepiece', source: Uint8Array.of(1, 2, 3), where: 'here', model }
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
