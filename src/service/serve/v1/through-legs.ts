import type { TranslateOptions } from '../../../use/translate/options.ts'
import type { Translation } from '../../../use/translate/translation.ts'
import type { Chosen } from '../models/choose-model.ts'
import { optionsOfLeg } from '../models/route.ts'
import type { Service } from '../service.ts'

/** Texts, and the options of their translation. */
interface TextsToTranslate {
  texts: readonly string[]
  options: TranslateOptions & { signal: AbortSignal }
}

/** The translations of texts by the models of a route, each of which translates the results of the one before it. */
export async function throughLegs(
  service: Service,
  route: readonly Chosen[],
  { texts, options }: TextsToTranslate,
): Promise<Translation[]> {
  let found: Translation[] = []
  let sources = [...texts]
  for (const [i, leg] of route.entries()) {
    found = await service.use(leg.model, options.signal, (translator) =>
      translator.translate(sources, optionsOfLeg(options, route, i)),
    )
    sources = found.map(({ text }) => text)
  }
  return found
}
