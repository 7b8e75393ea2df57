import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { tokenizerFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { HubClass } from '../../../language/text/hub/hub-classes.ts'
import { hubPieceFiles, hubTokenizerFiles } from '../tokenizers/stored-tokenizer.ts'
import type { TokenizerContents } from '../tokenizers/tokenizer-files.ts'
import type { Ctranslate2Settings } from './settings.ts'
import type { Vocabularies } from './vocabularies.ts'

/** The model that a tokenizer beside it must fit. */
export interface BesideTokenizer {
  settings: Ctranslate2Settings
  vocabularies: Vocabularies
  config: ModelConfig
}

/** The codes of subword-nmt for tokens of Moses, under the name that Argos Translate has for them. */
export const CODES_FILE = 'bpe.model'

/** The names that a SentencePiece model of both sides has where converters have copied it. */
const pieceFiles = ['sentencepiece.model', 'spm.model', ...hubPieceFiles]

/**
 * The tokenizer of a CTranslate2 folder, which takes and returns tokens itself. It is made of the files beside the model: those of a
 * tokenizer of Hugging Face's, source.spm and target.spm, a SentencePiece model of both sides, or the codes of subword-nmt. Without them,
 * the vocabularies serve lists of tokens.
 */
export function findTokenizer(folder: Folder, beside: BesideTokenizer): TokenizerContents {
  const hubClass = classOf(beside)
  if (isOfHub(folder, hubClass)) return hubTokenizerFiles(hubClass)(folder).tokenizer
  const bytes = (name: string) => folder.bytes(name, tokenizerFile)
  const sides = folder.has('source.spm') ? (['source.spm', 'target.spm'] as const) : null
  const pieces = sides?.[0] ?? pieceFiles.find((name) => folder.has(name))
  if (pieces === undefined)
    return {
      ...vocabularyContents(beside),
      ...(folder.has(CODES_FILE) && { codes: folder.text(CODES_FILE, tokenizerFile) }),
    }
  return {
    ...vocabularyContents(beside),
    pieces: bytes(pieces),
    ...(sides && folder.has(sides[1]) && { targetPieces: bytes(sides[1]) }),
  }
}

/** Whether a folder has a tokenizer of Hugging Face's: tokenizer.json, or the files of which it is made for this class. */
function isOfHub(folder: Folder, hubClass: HubClass): boolean {
  if (folder.has('tokenizer.json') || (folder.has('vocab.json') && folder.has('merges.txt'))) return true
  const hasPieces = hubPieceFiles.some((name) => folder.has(name))
  const isWhole = hubClass !== 'M2M100' || folder.has('vocab.json')
  return folder.has('tokenizer_config.json') && hasPieces && isWhole && !folder.has('source.spm')
}

/** The lists of tokens, as they serve with any pieces. */
export function vocabularyContents({
  settings,
  vocabularies: { source, target },
}: BesideTokenizer): TokenizerContents & { kind: 'vocabulary' } {
  return {
    kind: 'vocabulary',
    source: JSON.stringify(source),
    ...(target !== source && { target: JSON.stringify(target) }),
    unknown: settings.unknown,
    // Tokenizers of Hugging Face's models add the end, and their models begin with the end or padding.
    textEnd: settings.addEos || (settings.start !== settings.bos && settings.start !== null),
  }
}

/** The class of a tokenizer.json, as its vocabulary tells. */
function classOf({ vocabularies: { target }, config }: BesideTokenizer): HubClass {
  const has = (form: RegExp) => target.some((token) => form.test(token))
  if (config.positions.kind === 'buckets') return 'T5'
  if (has(/^[a-z]{3}_[A-Z][a-z]{3}$/)) return 'NLLB'
  if (has(/^__[a-z]{2,3}__$/)) return 'M2M100'
  if (has(/^[a-z]{2}_[A-Z]{2}$/)) return config.ids.start === config.ids.end ? 'MBart50' : 'MBart'
  return 'Bart'
}
