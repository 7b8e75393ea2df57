import type { DocumentFormat } from '../../language/markup/document/formats.ts'
import type { MarkedText } from '../../language/protect/span.ts'
import { splitSentences } from '../../language/text/sentences/sentences.ts'
import { translateDocument } from '../translate/documents/translate-document.ts'

/**
 * The sentences of a document, in its order. It is read as for a translation, whose texts are then the sentences' own.
 * @throws GlassformerError ERR_INPUT for a document that is damaged or of another format, ERR_INPUT_TOO_LONG
 */
export async function documentSentences(bytes: Uint8Array, format: DocumentFormat, locale: string): Promise<string[]> {
  const { readHere } = await import('../translate/parsing/read-document.ts')
  const sentences: string[] = []
  await translateDocument(bytes, {
    format,
    retranslate: true,
    columns: [],
    properties: false,
    isTurned: false,
    isWhole: true,
    scheduling: {},
    read: readHere,
    async translate(texts) {
      return texts.map((given) => {
        const { text } = given as MarkedText // the texts of a document
        sentences.push(...splitSentences(text, locale).sentences)
        return { text, score: 0, ids: [], tokenScores: [], finishReason: 'end' as const }
      })
    },
  })
  return sentences
}
