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
 * Takes a lock, which is the file `path`: returns the function that gives it back, or the process that holds it. The file alone decides,
 * whatever the path to it and the thread. This is best effort: a process on another machine is not seen, and a killed process does not
 * count.
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
 * Makes the file `path` with this text; returns the owner if another process that is alive has made the file. The file of a killed process
 * is replaced by a rename. Only the process that has made another file, named after the text of the old one, may rename, so that just one
 * of several processes replaces the file.
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
        // Another process may have replaced the file before this one had the right to do so.
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

/** Makes the file `path` with all of its text at once; `beside` is a file with that text. False where `path` is already there. */
function isMade(path: string, text: string, beside: string): boolean {
  try {
    linkSync(beside, path)
    return true
  } catch (error) {
    if (isThere(error)) return false
  }
  try {
    writeFileSync(path, text, { flag: 'wx' }) // some file systems have no links
    return true
  } catch (error) {
    if (isThere(error)) return false
    throw error
  }
}

const isThere = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EEXIST'

/** Removes the file if its text is `own`: somebody may have removed the file by hand, and another training may have begun. */
function removeOwn(path: string, own: string): void {
  try {
    if (readFileSync(path, 'utf8') === own) rmSync(path)
  } catch {
    // The file has gone, or the folder can no longer be written. The lock of a process that has ended does not count.
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

/** The owner that a file names; null where it names none, because a process was killed while it wrote the file. */
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
  return started === startOf(pid) // else another process has this number by now
}

/**
 * When a process started, in the kernel's ticks (proc(5), field 22); null where the system does not tell. A process that has ended, and
 * that its parent has not yet asked after (a zombie), is "ended".
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
