import { languagePairOf } from '../../../files/folders/layout/language-pair.ts'
import type { FolderContents } from '../../../files/folders/layout/loaded-model.ts'
import { type ReadOptions, readFolder } from '../../../files/folders/load.ts'
import { createTokenizer } from '../../../files/folders/tokenizers/make-tokenizer.ts'
import { filesFor } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import { englishName, findLanguage, languageCode } from '../../../language/text/languages.ts'

/** The languages of one side of a model. */
export interface LanguageSide {
  /** Codes: those of the vocabulary, where the model needs one of them, else the language of its training. */
  readonly codes: readonly string[]
  /** Whether the model needs the language with each text. */
  readonly isTold: boolean
}

/** The source and target languages of a model; null where they are unknown. */
export interface ModelLanguages {
  readonly source: LanguageSide | null
  readonly target: LanguageSide | null
}

/** The languages of a folder's model. The owner's settings override the files. @throws GlassformerError ERR_OPTION */
export function languagesOf(
  folder: string,
  { tokenizer, ...said }: { source?: string; target?: string } & ReadOptions,
): ModelLanguages {
  const contents = readFolder(folder, { tokenizer })
  const pair = languagePairOf(folder, contents)
  const told = toldBy(folder, contents)
  return {
    source: sideOf('source', folder, said.source, told.source, pair.source),
    target: sideOf('target', folder, said.target, told.target, pair.target),
  }
}

/** @throws GlassformerError ERR_OPTION where the model needs one of several languages, and the owner names another */
function sideOf(
  option: 'source' | 'target',
  folder: string,
  said: string | undefined,
  told: readonly string[] | undefined,
  trained: string | undefined,
): LanguageSide | null {
  if (told && told.length > 1)
    return { codes: said === undefined ? told : [languageCode(option, said, told, folder)], isTold: true }
  const [only] = told ?? []
  if (only !== undefined && (said === undefined || findLanguage(said, [only]) === only))
    return { codes: [only], isTold: true }
  const code = said ?? trained
  return code === undefined ? null : { codes: [code], isTold: false }
}

/** The languages that callers of the model's tokenizer can choose. */
function toldBy(
  folder: string,
  { tokenizer, config }: FolderContents,
): { source?: readonly string[]; target?: readonly string[] } {
  return createTokenizer(filesFor(tokenizer, folder, config))?.languages ?? {}
}

/** The English name of a language, or its code where it has none. */
export const languageName = (code: string): string => englishName(code) || code

/**
 * The code among those of a side for a language in people's words; undefined where there is none. A side without known
 * languages accepts any.
 */
export const codeIn = (side: LanguageSide | null, given: string): string | undefined =>
  side === null ? given : findLanguage(given, side.codes)
