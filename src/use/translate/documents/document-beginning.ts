import { decodedText } from '../../../formats/disk/text-encoding.ts'
import { checkBytes, type DocumentFormat, guessOf, isPackage } from '../../../language/markup/document/formats.ts'
import type { MarkedText } from '../../../language/protect/span.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import { readInThread } from '../parsing/index.ts'
import { translatePackage } from './translate-package.ts'

/** Characters that are enough to detect a language. */
const ENOUGH = 2000

/** The end of the reading of a document of which enough is known. */
class Enough extends Error {}

/**
 * The first texts of a document, which show its language.
 * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG as `translateDocument`
 */
export async function documentBeginning(
  bytes: Uint8Array,
  { format, columns }: { format: DocumentFormat; columns: readonly string[] },
  scheduling: Partial<Scheduling>,
): Promise<string> {
  checkBytes(bytes)
  const found: string[] = []
  let length = 0
  const add = (texts: readonly MarkedText[]) => {
    for (const { text } of texts) {
      if (length >= ENOUGH) return
      found.push(text)
      length += text.length
    }
  }
  if (!isPackage(format)) {
    const { text } = decodedText(bytes, guessOf(format))
    add((await readInThread(text, { format, retranslate: false, columns }, scheduling)).texts)
    return found.join('\n')
  }
  const file = {
    path: `a document in ${format}`,
    size: bytes.length,
    read: ({ buffer, byteOffset, byteLength }: ArrayBufferView, position: number) =>
      new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(position, position + byteLength)),
  }
  try {
    await translatePackage({
      file,
      format,
      properties: false,
      isTurned: false,
      sink: () => {},
      open: (source, part) => readInThread(source, { format: 'xml', retranslate: false, part }, scheduling),
      async translate(texts) {
        add(texts)
        if (length >= ENOUGH) throw new Enough()
        return texts.map(() => null)
      },
    })
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return found.join('\n')
}
