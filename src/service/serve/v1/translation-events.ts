import { GlassformerError } from '../../../base/errors.ts'
import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import { AsyncQueue } from '../../../use/translate/pool/index.ts'
import type { Chosen } from '../models/choose-model.ts'
import { problemOf } from '../problem.ts'
import type { Service } from '../service.ts'
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
  { model, told, source, target }: Chosen,
  request: TranslateRequest,
  signal: AbortSignal,
): AsyncGenerator<TranslationEvent, void, undefined> {
  const queue = new AsyncQueue<TranslationEvent>()
  const options = { ...request.options, ...told, signal }
  const inPieces = request.isOne && (options.format ?? 'text') === 'text'
  const work = inPieces
    ? service.use(model, signal, pieceByPiece(request.texts[0], options, request.tokens, queue))
    : textByText(request, queue, (text) =>
        service.use(model, signal, (translator) => translator.translate(text, options)),
      )
  queue.endWith(work)
  yield* queue
  yield { event: 'done', data: { model: model.name, source, target, texts: request.texts.length } }
}

type Options = TranslateRequest['options']

/** The words of one text. */
function pieceByPiece(text: string, options: Options, tokens: boolean, queue: AsyncQueue<TranslationEvent>) {
  return async (translator: PoolTranslator): Promise<void> => {
    const pieces = translator.stream(text, options)
    for (;;) {
      const { done, value } = await pieces.next()
      if (done) return queue.push({ event: 'translation', data: { index: 0, ...translationJson(value, tokens) } })
      queue.push({ event: 'piece', data: { index: 0, text: value.text } })
    }
  }
}

/** The failure of a text is reported, and the others continue. */
async function textByText(
  { texts, tokens }: TranslateRequest,
  queue: AsyncQueue<TranslationEvent>,
  translate: (text: string) => ReturnType<PoolTranslator['translate']>,
): Promise<void> {
  type Outcome = Promise<TranslationEvent>
  const begun: Outcome[] = []
  const begin = async (index: number): Outcome => {
    try {
      const translation = await translate(texts[index])
      return { event: 'translation', data: { index, ...translationJson(translation as never, tokens) } }
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
