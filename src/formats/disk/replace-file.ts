import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileError } from './read-file.ts'

/**
 * Writes a file beside `path`, syncs it to disk and renames it, so that a reader of `path` sees either the old file or
 * the whole new one. When one of `parts` throws, the old file stays and no temporary file remains.
 */
export function replaceFile(path: string, parts: Iterable<Uint8Array>): void {
  for (const _ of replacingFile(path, parts));
}

/**
 * `replaceFile` part by part. `whole` is called when all parts are on disk, before the rename. If the caller ends the
 * generator early (`return()`), or if `whole` throws, the old file stays, as when a part throws.
 */
export function* replacingFile(path: string, parts: Iterable<Uint8Array>, whole?: () => void): Generator<void> {
  const beside = join(dirname(path), partialName(basename(path)))
  let descriptor: number | null = null
  let isDone = false
  try {
    descriptor = openSync(beside, 'wx')
    for (const bytes of parts) {
      writeWhole(descriptor, bytes)
      yield
    }
    fsyncSync(descriptor)
    closeSync(descriptor)
    descriptor = null
    whole?.()
    renameSync(beside, path)
    isDone = true
  } catch (cause) {
    throw fileError('write', path, cause)
  } finally {
    if (descriptor !== null) closeSync(descriptor)
    if (!isDone) removeQuietly(beside)
  }
  syncFolder(dirname(path))
}

/** A file that is written part by part, as by `replaceFile`: until its end, a reader of `path` sees the old file. */
export class OpenReplacement {
  #next: Uint8Array | null = null
  readonly #writing: Generator<void>

  constructor(path: string) {
    this.#writing = replacingFile(path, this.#parts())
  }

  *#parts(): Generator<Uint8Array> {
    while (this.#next) yield this.#next
  }

  write(bytes: Uint8Array): void {
    this.#next = bytes
    this.#writing.next()
  }

  /** Puts the file in its place. */
  end(): void {
    this.#next = null
    this.#writing.next()
  }

  /** Leaves the old file, and removes what has been written. It has no effect after the end. */
  abandon(): void {
    this.#writing.return(undefined)
  }
}

/** Removes a file and ignores errors, so that the earlier error is reported. */
function removeQuietly(path: string): void {
  try {
    removeFile(path)
  } catch {}
}

/**
 * The temporary name of an incomplete file. The name is not made by node:crypto, which would take 5 ms of every start;
 * it need not be secret.
 */
export const partialName = (name: string): string =>
  `.${name}.${Math.floor(Math.random() * 2 ** 48).toString(16)}.partial`

/** Writes all bytes: the system may write fewer per call, and Node.js accepts less than 2 GB. */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, 1 << 30))
}

/** `replaceFile` for a complete text. */
export function replaceText(path: string, text: string): void {
  replaceFile(path, [Buffer.from(text)])
}

/** Removes a file if there is one. @throws GlassformerError ERR_FILE */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (cause) {
    throw fileError('remove', path, cause)
  }
}

/**
 * Syncs a folder, because a rename is on disk only when its folder is. Windows cannot open folders, and some network
 * file systems refuse to sync them; the rename is then not synced.
 */
export function syncFolder(path: string): void {
  let descriptor: number | null = null
  try {
    descriptor = openSync(path, 'r')
    fsyncSync(descriptor)
  } catch {
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}
