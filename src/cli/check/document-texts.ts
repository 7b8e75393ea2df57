import { GlassformerError } from '../../base/errors.ts'
import { formatOfFile, refusalOfFile } from '../../language/markup/document/formats.ts'
import type { MarkedText } from '../../language/protect/span.ts'
import { documentTexts } from '../../use/align/index.ts'

/**
 * The texts of a document of any format, in its order.
 * @throws GlassformerError ERR_INPUT, with the file, for one that cannot be read
 */
export async function textsOfFile(path: string, bytes: Uint8Array): Promise<MarkedText[]> {
  const refusal = refusalOfFile(path)
  if (refusal !== null) throw new GlassformerError('ERR_INPUT', `${path}: ${refusal}`)
  try {
    return await documentTexts(bytes, formatOfFile(path) ?? 'text')
  } catch (cause) {
    if (!(cause instanceof GlassformerError)) throw cause
    throw new GlassformerError(cause.code, `${path}: ${cause.message}`, { cause })
  }
}
