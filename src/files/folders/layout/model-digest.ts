import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileError } from '../../../formats/disk/read-file.ts'

/** Hex digits of a digest: 128 bits make collisions practically impossible. */
const DIGITS = 32

/** Files that describe a model and do not affect its translations. */
const isAbout = (name: string) => name.startsWith('.') || /\.(md|txt\.license|svg|png)$/i.test(name)

/**
 * The digest of a model: a hash of the names and bytes of the files in its folder, and in the subfolder `model` of an
 * Argos package. Two folders with the same files have the same digest, wherever the folders are. Hashing takes about a
 * second for 1 to 2 GB.
 * @throws GlassformerError ERR_FILE
 */
export async function modelDigest(folder: string): Promise<string> {
  const digest = createHash('sha256')
  for (const name of namesIn(folder)) {
    const content = createHash('sha256')
    try {
      for await (const bytes of createReadStream(join(folder, name))) content.update(bytes)
    } catch (cause) {
      throw fileError('read', join(folder, name), cause)
    }
    digest.update(`${content.digest('hex')}  ${name}\n`)
  }
  return digest.digest('hex').slice(0, DIGITS)
}

function namesIn(folder: string): string[] {
  const inside = existsSync(join(folder, 'model')) ? filesIn(join(folder, 'model')).map((name) => `model/${name}`) : []
  return [...filesIn(folder), ...inside].sort()
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      isAbout(entry.name) || entry.isDirectory() ? [] : [entry.name],
    )
  } catch (cause) {
    throw fileError('read', folder, cause)
  }
}
