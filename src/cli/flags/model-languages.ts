import { languagePairOf } from '../../files/folders/layout/language-pair.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { readFolder } from '../../files/folders/load.ts'
import type { CorpusOptions, LanguageOptions } from './corpus-options.ts'

/** Whether files that options name have texts beside their translations, in languages that a model may know. */
export const isBilingual = ({ tmx, xliff, po }: CorpusOptions, ...files: readonly (string | undefined)[]): boolean =>
  [tmx, xliff, po].some((file) => file !== undefined) ||
  files.some((file) => file !== undefined && /\.(?:tmx|xlf|xliff|po)(?:\.gz)?(?::[\d.]+)?$/i.test(file))

/** The options with the languages of a model, as far as it says them and the options do not. */
export function withLanguagesOf<T extends LanguageOptions>(model: string | undefined, options: T): T {
  const { sourceLanguage, targetLanguage } = options
  if (sourceLanguage !== undefined && targetLanguage !== undefined) return options
  const folder = modelFolder(model)
  const { source, target } = languagePairOf(folder, readFolder(folder))
  return { ...options, sourceLanguage: sourceLanguage ?? source, targetLanguage: targetLanguage ?? target }
}
