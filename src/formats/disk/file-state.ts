import { statSync } from 'node:fs'

/**
 * A text that differs once a file has been written or replaced; null where there is none. Nobody can set the time of its last
 * change (ctime). @throws an error of the system
 */
export function fileState(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found ? [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ') : null
}
