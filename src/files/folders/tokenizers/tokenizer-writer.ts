import { join } from 'node:path'
import { present } from '../../../base/present.ts'
import { replaceFile } from '../../../formats/disk/replace-file.ts'
import type { HubClass } from '../../../language/text/hub/hub-classes.ts'
import type { TokenizerEntry } from './tokenizer-entry.ts'
import type { TokenizerContents } from './tokenizer-files.ts'

/** The last file written for each kind: where it exists, all files do. */
export const lastTokenizerFile = {
  marian: 'tokenizer_config.json',
  sentencepiece: 'source.spm',
  words: 'source.txt',
  huggingface: 'tokenizer_config.json',
  vocabulary: 'source_vocabulary.json',
} as const

/** The name of the SentencePiece model in folders with a given tokenizer class. */
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
  if (files.kind === 'vocabulary') return writeVocabularies(write, files)
  const target = files.target === undefined ? undefined : `target.${files.kind === 'words' ? 'txt' : 'spm'}`
  if (target !== undefined) write(target, present(files.target))
  const source = lastTokenizerFile[files.kind]
  write(source, files.source)
  const names = { source, ...(target === undefined ? {} : { target }) }
  if (files.kind === 'words')
    return { kind: 'words', ...names, ...(files.joiner === undefined ? {} : { joiner: files.joiner }) }
  return { kind: 'sentencepiece', ...names, ...(files.extraPieces ? { extraPieces: [...files.extraPieces] } : {}) }
}

function writeVocabularies(
  write: (name: string, content: Uint8Array | string) => void,
  {
    kind,
    source,
    target,
    pieces,
    targetPieces,
    codes,
    sourceLanguage,
    targetLanguage,
    underscores,
    fairseq,
    textEnd,
    unknown,
  }: TokenizerContents & { kind: 'vocabulary' },
): TokenizerEntry {
  const names = {
    ...(target !== undefined && { target: 'target_vocabulary.json' }),
    ...(pieces !== undefined && { pieces: 'source.spm' }),
    ...(targetPieces !== undefined && { targetPieces: 'target.spm' }),
    ...(codes !== undefined && { codes: 'bpe.model' }),
  }
  if (target !== undefined) write('target_vocabulary.json', target)
  if (pieces !== undefined) write('source.spm', pieces)
  if (targetPieces !== undefined) write('target.spm', targetPieces)
  if (codes !== undefined) write('bpe.model', codes)
  write(lastTokenizerFile.vocabulary, source)
  return {
    kind,
    source: lastTokenizerFile.vocabulary,
    unknown,
    ...names,
    ...(sourceLanguage !== undefined && { sourceLanguage }),
    ...(targetLanguage !== undefined && { targetLanguage }),
    ...(underscores && { underscores }),
    ...(fairseq && { fairseq }),
    ...(textEnd && { textEnd }),
  }
}
