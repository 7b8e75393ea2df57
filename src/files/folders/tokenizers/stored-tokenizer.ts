import { GlassformerError } from '../../../base/errors.ts'
import { tokenizerFile, tokenizerJsonFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { HubClass } from '../../../language/text/hub/hub-classes.ts'
import type { TokenizerEntry } from './tokenizer-entry.ts'
import type { TokenizerContents } from './tokenizer-files.ts'

/** The tokenizer files of a folder, as its config.json names them. */
export function readTokenizerFiles(folder: Folder, entry: TokenizerEntry): TokenizerContents {
  const both = <T>({ source, target }: { source: string; target?: string }, read: (name: string) => T) => ({
    source: read(source),
    ...(target === undefined ? {} : { target: read(target) }),
  })
  const bytes = (name: string) => folder.bytes(name, tokenizerFile)
  switch (entry.kind) {
    case 'none':
      return entry
    case 'marian': {
      const files = marianTokenizerFiles(folder)
      // config.json names the tokenizer, so one of its files is read, and the error names the missing file.
      if (files.kind === 'none') bytes('source.spm')
      return files
    }
    case 'huggingface': {
      const files = hubTokenizerFiles(entry.class)(folder).tokenizer
      if (files.kind === 'none') bytes('tokenizer.json')
      return files
    }
    case 'sentencepiece':
      return {
        kind: 'sentencepiece',
        ...both(entry, bytes),
        ...(entry.extraPieces ? { extraPieces: entry.extraPieces } : {}),
      }
    case 'vocabulary': {
      const {
        kind,
        unknown,
        pieces,
        targetPieces,
        codes,
        sourceLanguage,
        targetLanguage,
        underscores,
        fairseq,
        textEnd,
      } = entry
      return {
        kind,
        unknown,
        ...both(entry, (name) => folder.text(name, tokenizerFile)),
        ...(pieces !== undefined && { pieces: bytes(pieces) }),
        ...(targetPieces !== undefined && { targetPieces: bytes(targetPieces) }),
        ...(codes !== undefined && { codes: folder.text(codes, tokenizerFile) }),
        ...(sourceLanguage !== undefined && { sourceLanguage }),
        ...(targetLanguage !== undefined && { targetLanguage }),
        ...(underscores && { underscores }),
        ...(fairseq && { fairseq }),
        ...(textEnd && { textEnd }),
      }
    }
    case 'words':
      return {
        kind: 'words',
        ...both(entry, (name) => folder.text(name, tokenizerFile)),
        ...(entry.joiner === undefined ? {} : { joiner: entry.joiner }),
      }
  }
}

/** The tokenizer files of a Marian folder; of kind 'none' where there are none (ids in, ids out). */
export function marianTokenizerFiles(folder: Folder): TokenizerContents {
  const needed = ['source.spm', 'target.spm', 'vocab.json']
  if (!needed.some((name) => folder.has(name))) return { kind: 'none' }
  const missing = needed.find((name) => !folder.has(name))
  if (missing)
    throw new GlassformerError(
      'ERR_FILE',
      `${folder.at(missing)} is missing: a Marian tokenizer is made of ${needed.join(', ')}`,
    )
  const configuration = folder.has('tokenizer_config.json') ? { ...folder.json('tokenizer_config.json') } : {}
  const hasTwo = configuration.separate_vocabs !== false && folder.has('target_vocab.json')
  return {
    kind: 'marian',
    source: folder.bytes('source.spm', tokenizerFile),
    target: folder.bytes('target.spm', tokenizerFile),
    vocabulary: folder.text('vocab.json', tokenizerFile),
    targetVocabulary: hasTwo ? folder.text('target_vocab.json', tokenizerFile) : undefined,
    configuration,
  }
}

/** The names of a SentencePiece model in Hugging Face's folders. */
export const hubPieceFiles = ['spiece.model', 'sentencepiece.bpe.model', 'tokenizer.model']

/**
 * Reads the tokenizer files of a folder of the families with this class: tokenizer.json alone where there is one, else the SentencePiece
 * model (beside vocab.json for M2M100), else vocab.json and merges.txt; of kind 'none' where there are none.
 */
export const hubTokenizerFiles =
  (tokenizerClass: HubClass) =>
  (folder: Folder): { tokenizer: TokenizerContents; sourceLocale?: string } => {
    const textOf = (name: string, limit = tokenizerFile) => (folder.has(name) ? folder.text(name, limit) : undefined)
    const jsonOf = (name: string) => (folder.has(name) ? { ...folder.json(name) } : {})
    const definition = textOf('tokenizer.json', tokenizerJsonFile)
    const pieceFile = definition === undefined ? hubPieceFiles.find((name) => folder.has(name)) : undefined
    const vocabulary = definition === undefined ? textOf('vocab.json') : undefined
    const merges = definition === undefined && pieceFile === undefined ? textOf('merges.txt') : undefined
    if (definition === undefined && pieceFile === undefined && vocabulary === undefined)
      return { tokenizer: { kind: 'none' } }
    return {
      tokenizer: {
        kind: 'huggingface',
        class: tokenizerClass,
        ...(definition !== undefined && { definition }),
        ...(pieceFile !== undefined && { pieces: folder.bytes(pieceFile, tokenizerFile) }),
        ...(vocabulary !== undefined && { vocabulary }),
        ...(merges !== undefined && { merges }),
        configuration: jsonOf('tokenizer_config.json'),
        specialTokens: jsonOf('special_tokens_map.json'),
        addedTokens: jsonOf('added_tokens.json'),
      },
    }
  }
