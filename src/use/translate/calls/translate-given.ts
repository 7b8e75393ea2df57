import type { ReadDocument } from '../parsing/read-document.ts'
import type { Source, Translation } from '../translation.ts'
import type { ResolvedCall } from './resolve-translate-options.ts'
import { isSource, ownSource, ownSources } from './sources.ts'

/**
 * The translations of what `translate` was given, one source or many, as texts or as whole documents, which `read` reads. `translateAll`
 * translates texts.
 * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, and as `translateAll`
 */
export async function translateGiven(
  given: Source | readonly Source[],
  options: ResolvedCall,
  read: ReadDocument,
  translateAll: (texts: readonly Source[]) => Promise<Translation[]>,
): Promise<Translation | Translation[]> {
  const sources = isSource(given) ? [ownSource(given)] : ownSources(given)
  const translations =
    options.format === 'text'
      ? await translateAll(sources)
      : await (await import('./documents.ts')).translateDocuments(sources, options, read, translateAll)
  return isSource(given) ? translations[0] : translations
}
