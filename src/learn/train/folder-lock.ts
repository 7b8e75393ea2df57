import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GlassformerError } from '../../base/errors.ts'
import { type Owner, takeLock } from '../../files/formats/disk/lock-file.ts'
import { hasFile, readText } from '../../files/formats/disk/read-file.ts'

const LOCK = 'in-use.json'

/** For how many milliseconds another process is waited for: ranks that have lost their mpirun, and are ending. */
const PATIENCE = 2000

/**
 * Takes a folder for one training; returns the function that gives the folder back.
 * @throws GlassformerError ERR_FILE where another training has the folder, or it cannot be written
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
