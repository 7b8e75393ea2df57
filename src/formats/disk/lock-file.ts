import { createHash, randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileError } from './read-file.ts'

/** The process that holds a lock. */
export interface Owner {
  pid: number
  host: string
  started: string | null
}

/**
 * Takes the lock file `path`: returns the function that releases it, or the process that holds it. The lock depends on
 * the file alone, and not on the path to it or on the thread. Locks are best effort: processes on other machines are
 * not seen, and killed processes do not count.
 * @throws GlassformerError ERR_FILE where the file cannot be written
 */
export function takeLock(path: string): (() => void) | Owner {
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) }
  const text = JSON.stringify({ ...owner, id: randomUUID() })
  try {
    return take(path, text) ?? (() => removeOwn(path, text))
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}

/**
 * Creates the file `path` with this text; returns the owner if a live process has already created the file. The file of
 * a killed process is replaced by a rename. Renaming requires another file, named after the text of the old one, which
 * only one of several processes can create; so exactly one process replaces the lock.
 */
function take(path: string, text: string): Owner | null {
  const beside = `${path}.${randomUUID()}`
  try {
    writeFileSync(beside, text, { flag: 'wx' })
    for (;;) {
      if (isMade(path, text, beside)) return null
      const left = readIfThere(path)
      if (left === null) continue
      const owner = ownerOf(left)
      if (owner && isAlive(owner)) return owner
      const right = `${path}.${createHash('sha256').update(left).digest('hex').slice(0, 16)}`
      const other = take(right, text)
      if (other) return other
      try {
        // Another process may have replaced the file before this process got that right.
        if (readIfThere(path) !== left) continue
        renameSync(beside, path)
        return null
      } finally {
        rmSync(right, { force: true })
      }
    }
  } finally {
    rmSync(beside, { force: true })
  }
}

/**
 * Creates the file `path` with its whole text at once; `beside` is a file with that text. False where `path` already
 * exists.
 */
function isMade(path: string, text: string, beside: string): boolean {
  try {
    linkSync(beside, path)
    return true
  } catch (error) {
    if (isThere(error)) return false
  }
  try {
    writeFileSync(path, text, { flag: 'wx' }) // some file systems have no hard links
    return true
  } catch (error) {
    if (isThere(error)) return false
    throw error
  }
}

const isThere = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EEXIST'

/**
 * Removes the file if its text is `own`: a user may have removed the file by hand, and another training may have begun.
 */
function removeOwn(path: string, own: string): void {
  try {
    if (readFileSync(path, 'utf8') === own) rmSync(path)
  } catch {
    // The file no longer exists, or the folder is no longer writable. The lock of an ended process is ignored.
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The owner named in a file; null where there is none, because a process was killed while it wrote the file. */
function ownerOf(text: string): Owner | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === startOf(pid) // else another process now has this id
}

/**
 * The start time of a process in the kernel's ticks (proc(5), field 22); null where the system does not provide it. A
 * zombie, a process that has ended and whose parent has not yet waited for it, is "ended".
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return 'ZX'.includes(fields[0]) ? 'ended' : fields[19]
  } catch {
    return null
  }
}
