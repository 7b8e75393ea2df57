import { GlassformerError } from '../../../base/errors.ts'
import { tokensOfJson, tokensOfLines } from '../../../formats/ctranslate2/token-list.ts'
import { tokenizerFile } from '../../../formats/disk/file-limit.ts'
import type { Folder } from '../../../formats/disk/folder.ts'

/** The tokens of source and target by id; one list twice where they share one. */
export interface Vocabularies {
  source: readonly string[]
  target: readonly string[]
}

/**
 * The vocabularies of a CTranslate2 folder. A token for what the vocabulary lacks is appended where the list has none.
 * @throws GlassformerError ERR_FILE, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED for features of words
 */
export function readVocabularies(folder: Folder, unknown: string): Vocabularies {
  const list = (name: string) => {
    const tokens = readList(folder, name)
    return tokens && (tokens.includes(unknown) ? tokens : [...tokens, unknown])
  }
  const shared = list('shared_vocabulary')
  if (shared) return { source: shared, target: shared }
  const [source, target] = [list('source_vocabulary'), list('target_vocabulary')]
  if (source && target) return { source, target }
  if (readList(folder, 'source_1_vocabulary'))
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${folder.path}: there is a vocabulary of features (source_1_vocabulary): models that read features beside tokens cannot be computed here`,
    )
  const missing = source ? 'target_vocabulary' : target ? 'source_vocabulary' : 'shared_vocabulary'
  throw new GlassformerError(
    'ERR_FILE',
    `${folder.at(`${missing}.json`)} is missing, and so is ${missing}.txt: CTranslate2's converters write it beside model.bin`,
  )
}

/** The tokens of one vocabulary; null where the folder has none of that name. */
export function readList(folder: Folder, name: string): string[] | null {
  for (const [ending, parse] of [
    ['json', tokensOfJson],
    ['txt', tokensOfLines],
  ] as const) {
    const file = `${name}.${ending}`
    if (folder.has(file)) return parse(folder.text(file, tokenizerFile), folder.at(file))
  }
  return null
}
