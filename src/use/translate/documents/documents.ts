import { GlassformerError } from '../../../base/errors.ts'
import { atIndex } from '../../../workers/requests/submit.ts'
import type { ResolvedCall } from '../options/resolve-call.ts'
import type { OpenDocument, ReadDocument } from '../parsing/read-document.ts'
import type { Source, Translation } from '../translation/translation.ts'
import { atLine } from './document-error.ts'
import { translateShorter } from './shorter-texts.ts'

/**
 * Translates documents. The texts of all documents go to the model at once.
 * @throws GlassformerError ERR_INPUT for a document that cannot be parsed, ERR_OPTION, and the errors of `translate`
 */
export async function translateDocuments(
  sources: readonly Source[],
  options: ResolvedCall,
  read: ReadDocument,
  translate: (texts: readonly Source[]) => Promise<Translation[]>,
): Promise<Translation[]> {
  if (options.generation.alternatives > 1)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'alternatives': a document in ${options.format} has one translation`,
    )
  const documents: OpenDocument[] = []
  for (const [i, source] of sources.entries())
    documents.push(
      await opened(source, options, read).catch((error: unknown) => {
        throw error instanceof GlassformerError ? atIndex(error, i, sources.length) : error
      }),
    )
  const texts = documents.flatMap((document) => document.texts)
  const shorter = options.split === 'never' ? translate(texts) : translateShorter(texts, translate, () => {})
  const translations = await shorter.catch((error: unknown) => {
    throw error instanceof GlassformerError ? atLine(error, documents, texts.length) : error
  })
  const joint: Translation[] = []
  let begin = 0
  for (const document of documents) {
    const own = translations.slice(begin, begin + document.texts.length)
    begin += own.length
    joint.push(await joined(document, own, options.attention))
  }
  return joint
}

async function opened(
  source: Source,
  { format, document: { retranslate, columns, attributes }, scheduling }: ResolvedCall,
  read: ReadDocument,
): Promise<OpenDocument> {
  if (typeof source === 'string') return read(source, { format, retranslate, columns, attributes }, scheduling)
  throw new GlassformerError('ERR_INPUT', `a source in ${format} is a text, not ids or a text with spans`)
}

/** The translation of a document, built from the translations of its texts. */
async function joined(
  document: OpenDocument,
  translations: readonly Translation[],
  attention: boolean,
): Promise<Translation> {
  return {
    text: await document.translated(translations.map(({ text, spans = [] }) => ({ text, spans }))),
    score: translations.reduce((sum, { score }) => sum + score, 0),
    ids: translations.flatMap(({ ids }) => ids),
    tokenScores: translations.flatMap(({ tokenScores }) => tokenScores),
    finishReason: translations.find(({ finishReason }) => finishReason !== 'end')?.finishReason ?? 'end',
    ...(attention && { attention: translations.flatMap((each) => each.attention ?? []) }),
  }
}
