import { readFileSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import { type DocumentFormat, formatOfFile, refusalOfFile } from '../../language/markup/document/formats.ts'

/** The bytes of a file. @throws GlassformerError ERR_FILE */
export function bytesOfFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw fileError('read', path, cause)
  }
}

/**
 * What `read` makes of a document of any format, which its name says.
 * @throws GlassformerError ERR_FILE, and ERR_INPUT, with the file, for one that cannot be read
 */
export async function fromDocumentFile<T>(
  path: string,
  read: (bytes: Uint8Array, format: DocumentFormat) => Promise<T>,
): Promise<T> {
  const refusal = refusalOfFile(path)
  if (refusal !== null) throw new GlassformerError('ERR_INPUT', `${path}: ${refusal}`)
  const bytes = bytesOfFile(path)
  try {
    return await read(bytes, formatOfFile(path) ?? 'text')
  } catch (cause) {
    if (!(cause instanceof GlassformerError)) throw cause
    throw new GlassformerError(cause.code, `${path}: ${cause.message}`, { cause })
  }
}
