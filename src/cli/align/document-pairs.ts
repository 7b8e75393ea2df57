import { statSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { formatOfFile } from '../../language/markup/document/formats.ts'
import { documentSentences } from '../../use/align/index.ts'
import { fromDocumentFile } from '../lines/document-file.ts'
import { entriesIn } from '../lines/folder-files.ts'

/** Two documents that say the same, or one whose partner is missing. */
export interface DocumentPair {
  source: string | null
  target: string | null
}

/**
 * The files of two paths: two documents, or those of the same names in two folders, whose names may say their languages before the extension.
 * @throws GlassformerError ERR_FILE; ERR_INPUT for a folder beside a file
 */
export function documentPairs(source: string, target: string, languages: readonly [string, string]): DocumentPair[] {
  const [one, other] = [isFolder(source), isFolder(target)]
  if (one !== other)
    throw new GlassformerError('ERR_INPUT', `give two documents or two folders, not ${source} and ${target}`)
  if (!one) return [{ source, target }]
  const [sources, targets] = [namedFiles(source, languages[0]), namedFiles(target, languages[1])]
  const names = [...new Set([...sources.keys(), ...targets.keys()])].sort()
  return names.map((name) => ({ source: sources.get(name) ?? null, target: targets.get(name) ?? null }))
}

/** The sentences of a file. @throws GlassformerError ERR_FILE, ERR_INPUT */
export const sentencesOfFile = (path: string, locale: string): Promise<string[]> =>
  fromDocumentFile(path, (bytes, format) => documentSentences(bytes, format, locale))

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    throw fileError('read', path, cause)
  }
}

/** The documents of a folder and its folders, by their names without extension and language. */
function namedFiles(folder: string, language: string, under = ''): Map<string, string> {
  const files = new Map<string, string>()
  for (const entry of entriesIn(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      for (const [name, file] of namedFiles(path, language, `${under}${entry.name}/`)) files.set(name, file)
    else if (formatOfFile(entry.name) !== null) {
      const name = entry.name.replace(/\.[^.]+$/, '')
      files.set(under + (name.endsWith(`.${language}`) ? name.slice(0, -language.length - 1) : name), path)
    }
  }
  return files
}
