import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileError } from './read-file.ts'

/**
 * Writes a file beside `path`, syncs it to disk and renames it, so that whoever reads `path` sees the old file or the whole
 * new one. When one of `parts` throws, the old file stays and nothing is left behind.
 */
export function replaceFile(path: string, parts: Iterable<Uint8Array>): void {
  for (const _ of replacingFile(path, parts));
}

/**
 * `replaceFile` part by part. Whoever ends it before its end (`return()`) leaves things as when a part throws; so does `whole`, which
 * is called when all parts are on disk, before the rename.
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

/** What went wrong before is what is told. */
function removeQuietly(path: string): void {
  try {
    removeFile(path)
  } catch {}
}

/** What `name` is called until it is whole. Not of node:crypto, which takes 5 ms of every start: no secret is needed here. */
export const partialName = (name: string): string =>
  `.${name}.${Math.floor(Math.random() * 2 ** 48).toString(16)}.partial`

/** All bytes: the system may take fewer at a time, and Node.js takes less than 2 GB. */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, Math.min(bytes.length - done, 1 << 30))
}

/** `replaceFile` for a text that is already whole. */
export function replaceText(path: string, text: string): void {
  replaceFile(path, [Buffer.from(text)])
}

/** Removes a file where it is there. @throws GlassformerError ERR_FILE */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (cause) {
    throw fileError('remove', path, cause)
  }
}

/**
 * The rename itself is on disk only when the folder is. Windows cannot open folders, and some network file systems refuse
 * to sync them; there the rename is as safe as it can be made.
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
