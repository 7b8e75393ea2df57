import type { ResolvedCall } from '../options/resolve-call.ts'
import type { ReadDocument } from '../parsing/read-document.ts'
import { isSource, ownSource, ownSources } from '../translation/sources.ts'
import type { Source, Translation } from '../translation/translation.ts'

/**
 * The translations of the argument of `translate`: one source or many, as texts or as whole documents, which `read`
 * parses. `translateAll` translates texts.
 * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, and as `translateAll`
 */
export async function translateSources(
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
