import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { type Owner, takeLock } from '../formats/lock-file.ts'
import { hasFile, readText } from '../formats/read-file.ts'

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

/** What the lock of a folder says, which no other lock says; null where the folder or the lock is not seen. */
export function lockText(folder: string): string | null {
  const path = join(folder, LOCK)
  return hasFile(path) ? readText(path, { what: 'a lock', most: LARGEST, code: 'ERR_FILE' }) : null
}

/** The most bytes of a lock. */
const LARGEST = 1 << 16

function inUse(folder: string, path: string, { pid }: Owner): GlassformerError {
  const who = pid === process.pid ? 'this process' : `process ${pid}`
  return new GlassformerError(
    'ERR_FILE',
    `${folder}: ${who} is training into it; wait for it, or take another folder (if it is not, remove ${path})`,
  )
}
