import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { readJsonObject } from '../formats/json-text.ts'
import { hasFile, readBytes, readText, tokenizerFile, tokenizerJsonFile } from '../formats/read-file.ts'
import { replaceFile } from '../formats/replace-file.ts'
import type { HubClass } from '../text/hub/hub-classes.ts'
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
    case 'huggingface': {
      const files = hubTokenizerFiles(entry.class)(folder).tokenizer
      if (files.kind === 'none') readTokenizerBytes(join(folder, 'tokenizer.json'))
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

/** The names that a SentencePiece model has in folders of Hugging Face's. */
const pieceFiles = ['spiece.model', 'sentencepiece.bpe.model', 'tokenizer.model']

/**
 * Reads the tokenizer files of a folder of the families with this class: tokenizer.json alone where there is one, else the SentencePiece
 * model (beside vocab.json for M2M100), else vocab.json and merges.txt; of kind 'none' where there are none.
 */
export const hubTokenizerFiles =
  (tokenizerClass: HubClass) =>
  (folder: string): { tokenizer: TokenizerContents; sourceLocale?: string } => {
    const at = (name: string) => join(folder, name)
    const textOf = (name: string, limit = tokenizerFile) => (hasFile(at(name)) ? readText(at(name), limit) : undefined)
    const jsonOf = (name: string) => (hasFile(at(name)) ? { ...readJsonObject(at(name)) } : {})
    const definition = textOf('tokenizer.json', tokenizerJsonFile)
    const pieceFile = definition === undefined ? pieceFiles.find((name) => hasFile(at(name))) : undefined
    const vocabulary = definition === undefined ? textOf('vocab.json') : undefined
    const merges = definition === undefined && pieceFile === undefined ? textOf('merges.txt') : undefined
    if (definition === undefined && pieceFile === undefined && vocabulary === undefined)
      return { tokenizer: { kind: 'none' } }
    return {
      tokenizer: {
        kind: 'huggingface',
        class: tokenizerClass,
        ...(definition !== undefined && { definition }),
        ...(pieceFile !== undefined && { pieces: readTokenizerBytes(at(pieceFile)) }),
        ...(vocabulary !== undefined && { vocabulary }),
        ...(merges !== undefined && { merges }),
        configuration: jsonOf('tokenizer_config.json'),
        specialTokens: jsonOf('special_tokens_map.json'),
        addedTokens: jsonOf('added_tokens.json'),
      },
    }
  }

/** The file of each kind that is written last: where it exists, all files do. */
export const lastTokenizerFile = {
  marian: 'tokenizer_config.json',
  sentencepiece: 'source.spm',
  words: 'source.txt',
  huggingface: 'tokenizer_config.json',
} as const

/** The name of the SentencePiece model in folders of a class. */
const pieceFileOf = (tokenizerClass: HubClass) =>
  tokenizerClass === 'T5' || tokenizerClass === 'Pegasus' ? 'spiece.model' : 'sentencepiece.bpe.model'

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
  if (files.kind === 'huggingface') {
    const { definition, pieces, vocabulary, merges, configuration, specialTokens, addedTokens } = files
    if (definition !== undefined) write('tokenizer.json', definition)
    if (pieces !== undefined) write(pieceFileOf(files.class), pieces)
    if (vocabulary !== undefined) write('vocab.json', vocabulary)
    if (merges !== undefined) write('merges.txt', merges)
    for (const [name, json] of [
      ['special_tokens_map.json', specialTokens],
      ['added_tokens.json', addedTokens],
    ] as const)
      if (Object.keys(json).length > 0) write(name, `${JSON.stringify(json, null, 2)}\n`)
    write(lastTokenizerFile.huggingface, `${JSON.stringify(configuration, null, 2)}\n`)
    return { kind: 'huggingface', class: files.class }
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
