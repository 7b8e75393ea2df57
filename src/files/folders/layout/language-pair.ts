import { basename, join } from 'node:path'
import { hasFile } from '../../../formats/disk/read-file.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import { documentTag, englishName, isFromRight } from '../../../language/text/languages.ts'
import type { FolderContents } from './loaded-model.ts'

/**
 * The pair of languages of a model without a choice: from its tokenizer's settings, its own settings, or its name
 * (`opus-mt-fr-en`).
 */
export function languagePairOf(
  folder: string,
  { sourceLocale, languages }: Pick<FolderContents, 'sourceLocale' | 'languages'>,
): { source?: string; target?: string } {
  if (languages) return languages
  const file = join(folder, 'tokenizer_config.json')
  const { source_lang, target_lang } = hasFile(file) ? readJsonObject(file) : {}
  const [, source, target] = /(?:^|[-_.])([a-z]{2,3})[-_]?([a-z]{2,3})$/.exec(nameOf(folder)) ?? []
  const named = isLanguage(source) && isLanguage(target) ? { source, target } : {}
  return {
    source: textOr(source_lang, sourceLocale ?? named.source),
    target: textOr(target_lang, named.target),
  }
}

/**
 * The languages of a model's translations as tags of BCP 47, for documents, which say in which language they are; undefined
 * where the target is not known.
 */
export function saidLanguages(
  folder: string,
  { sourceLanguage, targetLanguage }: { sourceLanguage?: string; targetLanguage?: string },
): { source?: string; target: string } | undefined {
  const pair = languagePairOf(folder, {})
  const [source, target] = [sourceLanguage ?? pair.source, targetLanguage ?? pair.target].map(
    (given) => given && documentTag(given),
  )
  return target ? { ...(source && { source }), target } : undefined
}

/** Whether documents that a model translates into this language are read from right to left. */
export function isTurned(
  folder: string,
  { direction = 'auto', targetLanguage }: { direction?: 'auto' | 'ltr' | 'rtl'; targetLanguage?: string },
): boolean {
  if (direction !== 'auto') return direction === 'rtl'
  const target = targetLanguage ?? languagePairOf(folder, {}).target
  return target !== undefined && isFromRight(target)
}

/** The name of a folder; for a snapshot in the hub's cache, the name of the model. */
const nameOf = (folder: string): string =>
  /models--(?:.*--)?(.+?)[\\/]snapshots[\\/]/.exec(folder)?.[1] ?? basename(folder)

const textOr = (value: unknown, otherwise: string | undefined) => (typeof value === 'string' ? value : otherwise)

const isLanguage = (code: string | undefined): boolean => code !== undefined && englishName(code) !== undefined
