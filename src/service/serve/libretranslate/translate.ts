import type { TranslateOptions } from '../../../use/translate/options/options.ts'
import { throughLegs } from '../calls/through-legs.ts'
import { withMemories } from '../calls/with-memories.ts'
import type { Chosen } from '../models/choose-model.ts'
import type { Service } from '../service/service.ts'
import type { LibreRequest } from './translate-request.ts'

/** A translation, and alternatives for the same text. */
export interface LibreTranslation {
  text: string
  others: string[]
}

/** Translates the texts of a request, after the memories of its owner have been asked. A document has one translation. */
export async function translateLibre(
  service: Service,
  route: readonly Chosen[],
  { texts, format, alternatives: others, owner }: LibreRequest & { owner: string },
  scheduled: TranslateOptions & { signal: AbortSignal },
): Promise<LibreTranslation[]> {
  const needed = others + 1
  const isText = format === 'text'
  const translations = await withMemories(service, owner, route, (memories) =>
    throughLegs(service, route, texts, {
      options: { ...scheduled, format },
      memories,
      ofLast: ({ model }) => ({
        ...(isText && others > 0 && { alternatives: needed }),
        ...(isText && needed > model.defaults.beams && { beams: needed }),
      }),
    }),
  )
  return translations.map(({ text, alternatives = [] }) => ({
    text,
    others: alternatives.slice(1).map((each) => each.text),
  }))
}
