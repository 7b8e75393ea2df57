import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** The file beside a packed file that says in which state its checksum was right. */
export const CHECKED = '.checked'

/** Whether the checksum of a file was right in this state (`fileState`). */
export function isChecked(path: string, state: string | null): boolean {
  try {
    return readFileSync(path + CHECKED, 'utf8') === state
  } catch {
    return false
  }
}

/** Notes that the checksum of a file is right in this state. Where that cannot be written, the next process checks again. */
export function markChecked(path: string, state: string | null): void {
  if (state === null) return
  try {
    writeFileSync(path + CHECKED, state)
  } catch {
    rmSync(path + CHECKED, { force: true })
  }
}
