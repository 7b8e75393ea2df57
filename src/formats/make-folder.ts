import { mkdirSync, statSync } from 'node:fs'
import { dirname, normalize } from 'node:path'
import { fileError } from './read-file.ts'

/** Makes a folder, and those above it, where it is not there. @throws GlassformerError ERR_FILE */
export function makeFolder(folder: string): void {
  try {
    make(normalize(folder))
  } catch (cause) {
    throw fileError('make the folder', folder, cause)
  }
}

/**
 * One folder after the other: `recursive: true` makes Node.js try again and again, without end, where what is above is there and
 * still cannot hold a folder: below a link that leads nowhere, or in /proc.
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
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code!)) return false
    throw cause
  }
}
