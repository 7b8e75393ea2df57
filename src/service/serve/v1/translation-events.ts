import { GlassformerError } from '../../../base/errors.ts'
import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import { AsyncQueue } from '../../../use/translate/pool/index.ts'
import type { Translation } from '../../../use/translate/translation.ts'
import { optionsOfLeg, routeLanguages, routeName } from '../models/route.ts'
import { problemOf } from '../problem.ts'
import type { Service } from '../service.ts'
import type { TextGroup } from './text-groups.ts'
import { throughLegs } from './through-legs.ts'
import type { TranslateRequest } from './translate-request.ts'
import { translationJson } from './translation-json.ts'

/** The events of a stream. `index` is the index of a text in the request. */
export interface TranslationEvent {
  /**
   * 'piece': words of a translation that are final; 'translation': a whole one; 'error': the failure of one; 'done':
   * the end.
   */
  event: 'piece' | 'translation' | 'error' | 'done'
  data: Record<string, unknown>
}

/** The number of a list's texts in progress at once. */
const AT_ONCE = 64

/** The translations of a request as they are finished: the words of a single text, or the texts of a list in order. */
export async function* translationEvents(
  service: Service,
  groups: readonly TextGroup[],
  request: TranslateRequest,
  signal: AbortSignal,
): AsyncGenerator<TranslationEvent, void, undefined> {
  const queue = new AsyncQueue<TranslationEvent>()
  const options = { ...request.options, signal }
  const inPieces = request.isOne && (options.format ?? 'text') === 'text'
  const [{ route }] = groups
  const last = route.at(-1)!
  const own = new Map(groups.flatMap(({ route, texts }) => texts.map((text) => [text.place, { ...text, route }])))
  const detectedOf = (place: number) => {
    const detected = own.get(place)?.detected
    return detected && { detected }
  }
  const work = inPieces
    ? beforeLast(request.texts[0]).then((text) =>
        service.use(
          last.model,
          signal,
          pieceByPiece(text, optionsOfLeg(options, route, route.length - 1), queue, (translation) => ({
            ...translationJson(translation, request.tokens),
            ...detectedOf(0),
          })),
        ),
      )
    : textByText(request, queue, async (text, place) => {
        const [translation] = await throughLegs(service, own.get(place)!.route, { texts: [text], options })
        return { ...translationJson(translation, request.tokens), ...detectedOf(place) }
      })
  queue.endWith(work)
  yield* queue
  const data = { model: routeName(route), ...routeLanguages(route), texts: request.texts.length }
  yield { event: 'done', data }

  /** A text in the language of the last model. */
  async function beforeLast(text: string): Promise<string> {
    if (route.length === 1) return text
    const { alternatives: _, ...others } = options
    return (await throughLegs(service, route.slice(0, -1), { texts: [text], options: others }))[0].text
  }
}

type Options = TranslateRequest['options']

/** The words of one text. */
function pieceByPiece(
  text: string,
  options: Options,
  queue: AsyncQueue<TranslationEvent>,
  json: (translation: Translation) => object,
) {
  return async (translator: PoolTranslator): Promise<void> => {
    const pieces = translator.stream(text, options)
    for (;;) {
      const { done, value } = await pieces.next()
      if (done) return queue.push({ event: 'translation', data: { index: 0, ...json(value) } })
      queue.push({ event: 'piece', data: { index: 0, text: value.text } })
    }
  }
}

/** The failure of a text is reported, and the others continue. */
async function textByText(
  { texts }: TranslateRequest,
  queue: AsyncQueue<TranslationEvent>,
  translate: (text: string, index: number) => Promise<object>,
): Promise<void> {
  type Outcome = Promise<TranslationEvent>
  const begun: Outcome[] = []
  const begin = async (index: number): Outcome => {
    try {
      return { event: 'translation', data: { index, ...(await translate(texts[index], index)) } }
    } catch (error) {
      if (index === 0 || isOfAll(error)) throw error
      const { code, message } = problemOf(error)
      return { event: 'error', data: { index, error: { code, message } } }
    }
  }
  for (let index = 0; index < texts.length; index++) {
    while (begun.length < Math.min(texts.length, index + AT_ONCE)) {
      const outcome = begin(begun.length)
      outcome.catch(() => {}) // its error is reported in its turn
      begun.push(outcome)
    }
    queue.push(await begun[index])
  }
}

/** Whether an error ends the whole request, and not just one text. */
const isOfAll = (error: unknown) =>
  !(error instanceof GlassformerError && (error.code === 'ERR_INPUT' || error.code === 'ERR_INPUT_TOO_LONG'))
