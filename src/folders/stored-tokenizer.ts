import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { readJsonObject } from '../formats/json-text.ts'
import { hasFile, readBytes, readText, tokenizerFile } from '../formats/read-file.ts'
import { replaceFile } from '../formats/replace-file.ts'
import type { TokenizerEntry } from './tokenizer-entry.ts'
import type { TokenizerContents } from './tokenizer-files.ts'

const readTokenizerBytes = (path: string) => readBytes(path, tokenizerFile)
const readTokenizerText = (path: string) => readText(path, tokenizerFile)

/** The tokenizer files of a folder, as its config.json names them. */
export function readTokenizerFiles(folder: string, entry: TokenizerEntry): TokenizerContents {
  const both = <T>({ source, target }: { source: string; target?: string }, read: (path: string) => T) => ({
    source: read(join(folder, source)),
    ...(target === undefined ? {} : { target: read(join(folder, target)) }),
  })
  switch (entry.kind) {
    case 'none':
      return entry
    case 'marian': {
      const files = marianTokenizerFiles(folder)
      // The configuration says that the tokenizer is there, so a file of it is read, and the error names the missing file.
      if (files.kind === 'none') readTokenizerBytes(join(folder, 'source.spm'))
      return files
    }
    case 'sentencepiece':
      return {
        kind: 'sentencepiece',
        ...both(entry, readTokenizerBytes),
        ...(entry.extraPieces ? { extraPieces: entry.extraPieces } : {}),
      }
    case 'words':
      return {
        kind: 'words',
        ...both(entry, readTokenizerText),
        ...(entry.joiner === undefined ? {} : { joiner: entry.joiner }),
      }
  }
}

/** The tokenizer files of a Marian folder; of kind 'none' where there are none (ids in, ids out). */
export function marianTokenizerFiles(folder: string): TokenizerContents {
  const at = (name: string) => join(folder, name)
  const needed = ['source.spm', 'target.spm', 'vocab.json']
  if (!needed.some((name) => hasFile(at(name)))) return { kind: 'none' }
  const missing = needed.find((name) => !hasFile(at(name)))
  if (missing)
    throw new GlassformerError(
      'ERR_FILE',
      `${at(missing)} is missing: a Marian tokenizer is made of ${needed.join(', ')}`,
    )
  return {
    kind: 'marian',
    source: readTokenizerBytes(at('source.spm')),
    target: readTokenizerBytes(at('target.spm')),
    vocabulary: readTokenizerText(at('vocab.json')),
    targetVocabulary: hasFile(at('target_vocab.json')) ? readTokenizerText(at('target_vocab.json')) : undefined,
    configuration: hasFile(at('tokenizer_config.json')) ? { ...readJsonObject(at('tokenizer_config.json')) } : {},
  }
}

/** The file of each kind that is written last: where it exists, all files do. */
export const lastTokenizerFile = {
  marian: 'tokenizer_config.json',
  sentencepiece: 'source.spm',
  words: 'source.txt',
} as const

/** Writes tokenizer files into an existing folder. Returns the entry of config.json that names them. */
export function writeTokenizerFiles(folder: string, files: TokenizerContents): TokenizerEntry {
  const write = (name: string, content: Uint8Array | string) =>
    replaceFile(join(folder, name), [typeof content === 'string' ? Buffer.from(content) : content])
  if (files.kind === 'none') return { kind: 'none' }
  if (files.kind === 'marian') {
    write('source.spm', files.source)
    write('target.spm', files.target)
    write('vocab.json', files.vocabulary)
    if (files.targetVocabulary !== undefined) write('target_vocab.json', files.targetVocabulary)
    write(lastTokenizerFile.marian, `${JSON.stringify(files.configuration, null, 2)}\n`)
    return { kind: 'marian' }
  }
  const target = files.target === undefined ? undefined : `target.${files.kind === 'words' ? 'txt' : 'spm'}`
  if (target !== undefined) write(target, files.target!)
  const source = lastTokenizerFile[files.kind]
  write(source, files.source)
  const names = { source, ...(target === undefined ? {} : { target }) }
  if (files.kind === 'words')
    return { kind: 'words', ...names, ...(files.joiner === undefined ? {} : { joiner: files.joiner }) }
  return { kind: 'sentencepiece', ...names, ...(files.extraPieces ? { extraPieces: [...files.extraPieces] } : {}) }
}
