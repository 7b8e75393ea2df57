import { Readable } from 'node:stream'
import { present } from '../../../base/present.ts'
import { problemOf } from '../requests/problem.ts'
import type { TranslationEvent } from './translation-events.ts'

/** The format of events. */
export interface EventForm {
  type: string
  write(event: TranslationEvent): string
  /** The keep-alive message for proxies; null where the format has none. */
  beat: string | null
}

export const eventForms: readonly EventForm[] = [
  {
    type: 'application/x-ndjson',
    write: ({ event, data }) => `${JSON.stringify({ event, ...data })}\n`,
    beat: null,
  },
  {
    type: 'text/event-stream',
    write: ({ event, data }) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    beat: ': still at work\n\n',
  },
]

/**
 * The stream format that a client requests by `accept`; null where it prefers JSON: a stream needs a higher weight, or
 * must be named first.
 */
export function eventFormOf(accept = ''): EventForm | null {
  if (!/ndjson|event-stream/i.test(accept)) return null // as most requests
  const wanted = accept
    .split(',')
    .map((range) => {
      const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .filter(
      ({ type, weight }) =>
        weight > 0 && (type === 'application/json' || eventForms.some((form) => form.type === type)),
    )
    .toSorted((a, b) => b.weight - a.weight)
  return eventForms.find(({ type }) => type === wanted[0]?.type) ?? null
}

/** Milliseconds of silence after which a stream sends a keep-alive message. */
const BEAT = 15_000

/**
 * Sends events. The first event must be known before the stream begins: an error before it has its own status, a later
 * one is an event. `end` is called when the client has received all events, or has disconnected.
 */
export async function eventStream(
  events: AsyncGenerator<TranslationEvent, void, undefined>,
  form: EventForm,
  errorFor: (error: unknown) => unknown,
  end: () => void,
): Promise<Readable> {
  const first = await events.next()
  return Readable.from(written(), { objectMode: false }).once('close', end)

  async function* written(): AsyncGenerator<string, void, undefined> {
    try {
      for (let next = Promise.resolve(first); ; ) {
        const known = form.beat === null ? await next : await within(BEAT, next)
        if (known?.done) return
        yield known ? form.write(known.value) : present(form.beat)
        if (known) next = events.next()
      }
    } catch (error) {
      const { code, message } = problemOf(errorFor(error))
      yield form.write({ event: 'error', data: { error: { code, message } } })
    } finally {
      await events.return()
    }
  }
}

/** The result of a promise within this many milliseconds; null after that. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, milliseconds, null)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
