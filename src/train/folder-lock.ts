import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { type Owner, takeLock } from '../formats/lock-file.ts'

const LOCK = 'in-use.json'

/**
 * Takes a folder for one training; returns the function that gives the folder back.
 * @throws GlassformerError ERR_FILE where another training has the folder, or it cannot be written
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, LOCK)
  const taken = takeLock(path)
  if (typeof taken === 'function') return taken
  throw inUse(folder, path, taken)
}

function inUse(folder: string, path: string, { pid }: Owner): GlassformerError {
  const who = pid === process.pid ? 'this process' : `process ${pid}`
  return new GlassformerError(
    'ERR_FILE',
    `${folder}: ${who} is training into it; wait for it, or take another folder (if it is not, remove ${path})`,
  )
}
