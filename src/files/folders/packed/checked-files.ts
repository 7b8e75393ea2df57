import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'

/** The file beside a packed file that says in which state its checksum was right. */
export const CHECKED = '.checked'

/** What changes when a file is written or replaced; nobody can set the time of its last change (ctime). */
export function stateOf(path: string): string {
  const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
  return [ino, size, mtimeNs, ctimeNs].join(' ')
}

/** Whether the checksum of a file was right in this state. */
export function isChecked(path: string, state: string): boolean {
  try {
    return readFileSync(path + CHECKED, 'utf8') === state
  } catch {
    return false
  }
}

/** Notes that the checksum of a file is right in this state. Where that cannot be written, the next process checks again. */
export function markChecked(path: string, state: string): void {
  try {
    writeFileSync(path + CHECKED, state)
  } catch {
    rmSync(path + CHECKED, { force: true })
  }
}
