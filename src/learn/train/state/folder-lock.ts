import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GlassformerError } from '../../../base/errors.ts'
import { type Owner, takeLock } from '../../../formats/disk/lock-file.ts'
import { hasFile, readText } from '../../../formats/disk/read-file.ts'

const LOCK = 'in-use.json'

/** Milliseconds to wait for another process to end: ranks that have lost their mpirun need a moment. */
const PATIENCE = 2000

/**
 * Locks a folder for one training; returns the function that unlocks it.
 * @throws GlassformerError ERR_FILE if another training has locked the folder, or it cannot be written
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const path = join(folder, LOCK)
  const began = performance.now()
  for (;;) {
    const taken = takeLock(path)
    if (typeof taken === 'function') return taken
    if (taken.pid === process.pid || performance.now() - began > PATIENCE) throw inUse(folder, path, taken)
    await sleep(50)
  }
}

/** The unique content of a folder's lock; null if the folder or the lock is not visible. */
export function lockText(folder: string): string | null {
  const path = join(folder, LOCK)
  return hasFile(path) ? readText(path, { what: 'a lock', most: LARGEST, code: 'ERR_FILE' }) : null
}

/** Size limit of a lock in bytes. */
const LARGEST = 1 << 16

function inUse(folder: string, path: string, { pid }: Owner): GlassformerError {
  const who = pid === process.pid ? 'this process' : `process ${pid}`
  return new GlassformerError(
    'ERR_FILE',
    `${folder}: ${who} is training into it; wait for it, or take another folder (if it is not, remove ${path})`,
  )
}
