import { present } from '../../../base/present.ts'
import { fromMemory, fromMemoryInPieces, type PoolTranslator, textOf } from '../../../use/translate/calls/index.ts'
import { type TranslateOptions, textSettings } from '../../../use/translate/options/options.ts'
import type { Source, Translation } from '../../../use/translate/translation/translation.ts'
import type { Chosen } from '../models/choose-model.ts'
import { optionsOfLeg } from '../models/route.ts'
import type { Service } from '../service/service.ts'
import type { RouteMemories } from './route-memories.ts'

/** How texts are translated along a route of models. */
export interface PivotCall {
  options: TranslateOptions & { signal: AbortSignal }
  memories: RouteMemories
  /** More options for the last model, which depend on it. */
  ofLast?(translator: PoolTranslator): TranslateOptions
}

/**
 * The translations of texts by the models of a route, each of which translates the results of the one before it. Where
 * there are several, texts and sentences that the memory of the first and the last language has go through none.
 */
export async function translateVia(
  service: Service,
  route: readonly Chosen[],
  texts: readonly Source[],
  call: PivotCall,
): Promise<Translation[]> {
  const legs = async (given: readonly Source[]) => {
    let sources = given
    let found: Translation[] = []
    for (const place of route.keys()) {
      found = await useLeg(service, route, place, call, (translator, options) => translator.translate(sources, options))
      sources = found.map(({ text }) => text)
    }
    return found
  }
  const use = useOfWhole(call)
  return use ? fromMemory(texts, use, async (sources) => (await legs(sources)).map(withoutUnits)) : legs(texts)
}

/** As `translateVia`, for one text, whose translation comes in pieces. */
export async function throughLegsInPieces(
  service: Service,
  route: readonly Chosen[],
  text: string,
  call: PivotCall,
  piece: (text: string) => void,
): Promise<Translation> {
  const last = route.length - 1
  const legs = async (source: Source, push: (text: string) => void) => {
    let before = present(textOf(source))
    for (let place = 0; place < last; place++)
      before = await useLeg(
        service,
        route,
        place,
        call,
        async (translator, options) => (await translator.translate(before, options)).text,
      )
    return useLeg(service, route, last, call, async (translator, options) => {
      const pieces = translator.stream(before, options)
      for (;;) {
        const { done, value } = await pieces.next()
        if (done) return value
        push(value.text)
      }
    })
  }
  const use = useOfWhole(call)
  if (!use) return legs(text, piece)
  return fromMemoryInPieces(text, use, piece, async (source, push) => withoutUnits(await legs(source, push)))
}

/** Runs work with the model at a place of a route, and its options. */
export function useLeg<T>(
  service: Service,
  route: readonly Chosen[],
  place: number,
  { options, memories, ofLast }: PivotCall,
  work: (translator: PoolTranslator, options: TranslateOptions) => Promise<T>,
): Promise<T> {
  return service.use(route[place].model, options.signal, (translator) =>
    work(translator, {
      ...optionsOfLeg(options, route, place),
      ...memories.legs[place],
      ...(place === route.length - 1 && ofLast?.(translator)),
    }),
  )
}

/**
 * How the memory of a whole route is asked; null where there is none, and for documents, whose models ask for each
 * text. A unit in the first language cannot be the beginning of what the last model translates.
 */
function useOfWhole({ memories: { whole }, options }: PivotCall) {
  const { format = 'text', split, memoryThreshold = textSettings.memoryThreshold.default } = options
  if (!whole || format !== 'text') return null
  return { memory: whole, threshold: memoryThreshold, begins: false, splits: split !== 'never' }
}

/** Units of a model's own memory are in a language that was not asked for. */
const withoutUnits = ({ memory: _, ...translation }: Translation): Translation => translation
