import { mkdirSync, statSync } from 'node:fs'
import { dirname, normalize } from 'node:path'
import { present } from '../../base/present.ts'
import { fileError } from './read-file.ts'

/** Makes a folder, and the folders above it, where they are missing. @throws GlassformerError ERR_FILE */
export function makeFolder(folder: string): void {
  try {
    make(normalize(folder))
  } catch (cause) {
    throw fileError('make the folder', folder, cause)
  }
}

/**
 * Creates folders one at a time. With `recursive: true` Node.js would retry forever where the parent exists and cannot
 * hold a folder: below a dangling link, or in /proc.
 */
function make(folder: string): void {
  if (isFolder(folder)) return
  if (dirname(folder) !== folder) make(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (cause) {
    if (!isFolder(folder)) throw fileError('make the folder', folder, cause)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(present((cause as NodeJS.ErrnoException).code))) return false
    throw cause
  }
}
