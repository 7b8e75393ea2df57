import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { Translation } from '../../../use/translate/translation/translation.ts'
import { AsyncQueue } from '../../../workers/index.ts'
import { memoriesFor } from '../calls/route-memories.ts'
import { throughLegsInPieces, translateVia } from '../calls/translate-via.ts'
import { routeLanguages, routeName } from '../models/route.ts'
import { problemOf } from '../requests/problem.ts'
import type { Service } from '../service/service.ts'
import type { TextGroup } from './text-groups.ts'
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

/** A request for events; `owner` has the memories that are asked, null: none are. */
interface EventsRequest extends TranslateRequest {
  owner: string | null
}

/** The translations of a request as they are finished: the words of a single text, or the texts of a list in order. */
export async function* translationEvents(
  service: Service,
  groups: readonly TextGroup[],
  request: EventsRequest,
  signal: AbortSignal,
): AsyncGenerator<TranslationEvent, void, undefined> {
  const queue = new AsyncQueue<TranslationEvent>()
  const { owner, tokens } = request
  const options = { ...request.options, signal }
  const inPieces = request.isOne && (options.format ?? 'text') === 'text'
  const [{ route }] = groups
  const own = new Map(groups.flatMap(({ route, texts }) => texts.map((text) => [text.place, { ...text, route }])))
  const json = (translation: Translation, place: number) => {
    const detected = own.get(place)?.detected
    return { ...translationJson(translation, tokens), ...(detected && { detected }) }
  }
  const work = inPieces
    ? inWords()
    : textByText(request, queue, async (text, place) => {
        const { route } = entryOf(own, place)
        const call = { options, memories: memoriesFor(service, owner, route) }
        const [translation] = await translateVia(service, route, [text], call)
        return json(translation, place)
      })
  queue.endWith(work)
  yield* queue
  const data = { model: routeName(route), ...routeLanguages(route), texts: request.texts.length }
  yield { event: 'done', data }

  async function inWords(): Promise<void> {
    const piece = (text: string) => queue.push({ event: 'piece', data: { index: 0, text } })
    const call = { options, memories: memoriesFor(service, owner, route) }
    const translation = await throughLegsInPieces(service, route, request.texts[0], call, piece)
    queue.push({ event: 'translation', data: { index: 0, ...json(translation, 0) } })
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
