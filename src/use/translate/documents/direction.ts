import { languagePairOf } from '../../../files/folders/layout/language-pair.ts'
import { isFromRight } from '../../../language/text/languages.ts'
import type { TranslateOptions } from '../options/options.ts'

/** Whether documents that a model translates with these options are read from right to left. */
export function isTurned(folder: string, { direction = 'auto', targetLanguage }: TranslateOptions): boolean {
  if (direction !== 'auto') return direction === 'rtl'
  const target = targetLanguage ?? languagePairOf(folder, {}).target
  return target !== undefined && isFromRight(target)
}
