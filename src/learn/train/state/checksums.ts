import { createHash } from 'node:crypto'
import { closeSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorCode, GlassformerError } from '../../../base/errors.ts'
import { fileError, hasFile, openFile, readText } from '../../../formats/disk/read-file.ts'
import { removeFile, replaceText } from '../../../formats/disk/replace-file.ts'
import { isJsonObject } from '../../../formats/json/json-text.ts'

/** The file with the checksums of the other files of a folder, made when they were written; `sha256sum -c SHA256SUMS` checks them too. */
export const CHECKSUMS = 'SHA256SUMS'

/** A line as `sha256sum` prints it: a hash in hex, two spaces and a name. */
const LINE = /^([0-9a-f]{64}) {2}(\S+)$/

/** Size limit of a file of checksums in bytes; a folder has some ten files. */
const LARGEST = 1 << 16

/** Writes the checksums of these files of a folder. */
export function writeChecksums(folder: string, names: readonly string[]): void {
  replaceText(join(folder, CHECKSUMS), names.map((name) => `${hashOf(join(folder, name))}  ${name}\n`).join(''))
}

/** Writes the checksums of all files of a folder; the files stay as they are from then on. */
export function sealFolder(folder: string): void {
  let names: string[]
  try {
    names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []))
  } catch (cause) {
    throw fileError('read', folder, cause)
  }
  writeChecksums(folder, names.filter((name) => name !== CHECKSUMS && !name.startsWith('.')).sort())
}

/** Whether a folder has checksums. Folders written by earlier versions have none. */
export const hasChecksums = (folder: string): boolean => hasFile(join(folder, CHECKSUMS))

export const removeChecksums = (folder: string): void => removeFile(join(folder, CHECKSUMS))

/**
 * Compares files of a folder, `names` or all of them, with their checksums. Does nothing if the folder has no
 * checksums. `advice` is appended to messages.
 * @throws GlassformerError `code` naming the first file that has changed, ERR_FILE if a file is missing
 */
export function checkFiles(folder: string, advice: string, code: ErrorCode, names?: readonly string[]): void {
  if (!hasChecksums(folder)) return
  const path = join(folder, CHECKSUMS)
  const known = new Map<string, string>()
  for (const line of readText(path, { what: 'a file of checksums', most: LARGEST, code }).split('\n').slice(0, -1)) {
    const [, hash, name] = LINE.exec(line) ?? []
    if (!hash) throw new GlassformerError(code, `${path} is damaged: line ${known.size + 1} is no checksum; ${advice}`)
    known.set(name, hash)
  }
  for (const name of names ?? known.keys()) {
    if (!known.has(name)) throw new GlassformerError(code, `${path} is damaged: it has no ${name}; ${advice}`)
    if (hashOf(join(folder, name)) !== known.get(name))
      throw new GlassformerError(
        code,
        `${join(folder, name)} is not what the training has written (${CHECKSUMS} has another checksum): ${advice}`,
      )
  }
}

const CHUNK = 1 << 20

/** SHA-256 of a file's bytes, in hex. @throws GlassformerError ERR_FILE */
export function hashOf(path: string): string {
  const { descriptor } = openFile(path)
  try {
    const hash = createHash('sha256')
    const chunk = Buffer.allocUnsafe(CHUNK)
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk))
      hash.update(chunk.subarray(0, count))
    return hash.digest('hex')
  } catch (cause) {
    throw fileError('read', path, cause)
  } finally {
    closeSync(descriptor)
  }
}

/** The values of nested settings by their paths: { a: { b: 1 } } → a.b → 1. */
export function leavesOf(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (!isJsonObject(value)) return into.set(path, value)
  for (const [name, inner] of Object.entries(value)) leavesOf(inner, path ? `${path}.${name}` : name, into)
  return into
}
