import { statSync } from 'node:fs'
import { join } from 'node:path'
import { MODEL_FILE } from '../ctranslate2/files.ts'
import { METADATA } from './contents.ts'

/** The extension of a package. */
const ARGOS_ENDING = '.argosmodel'

/** Whether a path is a package of Argos Translate: a file with that extension, or the folder unpacked from one. */
export const isArgosPackage = (path: string): boolean => path.endsWith(ARGOS_ENDING) || isUnpacked(path)

function isUnpacked(path: string): boolean {
  return [METADATA, join('model', MODEL_FILE)].every((file) => isFile(join(path, file)))
}

/** Whether there is a file at this path; what cannot be a path is refused by the reader of model folders. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
