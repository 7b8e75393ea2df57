import { createHash } from 'node:crypto'
import { closeSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorCode, GlassformerError } from '../errors.ts'
import { fileError, hasFile, openFile, readText } from '../formats/read-file.ts'
import { removeFile, replaceText } from '../formats/replace-file.ts'

/** The file of a folder that says what its other files were when they were written; `sha256sum -c SHA256SUMS` checks them too. */
export const CHECKSUMS = 'SHA256SUMS'

/** A hash in hex, two spaces and a name: what `sha256sum` prints. */
const LINE = /^([0-9a-f]{64}) {2}(\S+)$/

/** Bytes of a file of checksums: a folder has some ten files. */
const LARGEST = 1 << 16

/** Notes what these files of a folder are now. */
export function writeChecksums(folder: string, names: readonly string[]): void {
  replaceText(join(folder, CHECKSUMS), names.map((name) => `${hashOf(join(folder, name))}  ${name}\n`).join(''))
}

/** Notes what all files of a folder are now, which from then on stay as they are. */
export function sealFolder(folder: string): void {
  let names: string[]
  try {
    names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []))
  } catch (cause) {
    throw fileError('read', folder, cause)
  }
  writeChecksums(folder, names.filter((name) => name !== CHECKSUMS && !name.startsWith('.')).sort())
}

/** Whether it is known what the files of a folder have to be. What earlier versions have written has no checksums. */
export const hasChecksums = (folder: string): boolean => hasFile(join(folder, CHECKSUMS))

export const removeChecksums = (folder: string): void => removeFile(join(folder, CHECKSUMS))

/**
 * Compares files of a folder with what they were when they were written, `names` or all of them; nothing where the folder has no checksums.
 * `advice` is what a message says can be done. @throws GlassformerError `code` naming the first file that has changed, ERR_FILE where one
 * is missing
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
function hashOf(path: string): string {
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
