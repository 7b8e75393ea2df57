import type { Folder } from '../../../formats/disk/folder.ts'

/** The file of a CTranslate2 folder that holds its weights. */
export const MODEL_FILE = 'model.bin'

/** The version of the newest model.bin, with much room: other files begin with larger numbers. */
const MOST_VERSIONS = 1000

const vocabularies = ['shared_vocabulary', 'source_vocabulary', 'vocabulary']

/**
 * Whether a folder has a model of CTranslate2: a model.bin beside a vocabulary, or one that begins with a small version, and no config.json
 * of another layout. Marian's binary models begin with a 1 of 64 bits.
 */
export function isCtranslate2Folder(folder: Folder): boolean {
  if (!folder.has(MODEL_FILE)) return false
  const hasVocabulary = vocabularies.some((name) => folder.has(`${name}.json`) || folder.has(`${name}.txt`))
  if (!hasVocabulary && !isVersion(folder)) return false
  return !folder.has('config.json') || folder.json('config.json').model_type === undefined
}

function isVersion(folder: Folder): boolean {
  const file = folder.open(MODEL_FILE)
  try {
    if (file.size < 8) return file.size > 0
    const begin = new DataView(new ArrayBuffer(8))
    file.read(begin, 0)
    const version = begin.getUint32(0, true)
    return version > 0 && version < MOST_VERSIONS && !(version === 1 && begin.getUint32(4, true) === 0)
  } finally {
    file.close()
  }
}
