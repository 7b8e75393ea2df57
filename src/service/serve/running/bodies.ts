import type { FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { keyOf } from '../access/authorize.ts'
import { onRequestEnd } from './request-end.ts'

/** The part of the budget for requests whose key is unknown before their body, so that others have room beside them. */
const STRANGERS = 0.25

/**
 * The bytes of the request bodies that are being received or processed. Reading stops at a body that would exceed the
 * budget, and its request is refused.
 */
export class Bodies {
  readonly #budget: number
  #held = 0
  #ofStrangers = 0

  /** `budget`: bytes. */
  constructor(budget: number) {
    this.#budget = budget
  }

  /**
   * Counts the bytes of a body as they arrive. `needsKey`: whether requests without a key are limited to a part of the
   * budget.
   */
  counting(needsKey: boolean): preParsingHookHandler {
    return (request, reply, payload, done) => {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        this.#count(request, reply, { payload, isStranger: needsKey && !keyOf(request) })
      done(null, payload)
    }
  }

  #count(
    request: FastifyRequest,
    reply: FastifyReply,
    { payload, isStranger }: { payload: NodeJS.ReadableStream; isStranger: boolean },
  ): void {
    let held = 0
    const count = ({ length }: Buffer) => {
      const isFull =
        this.#held + length > this.#budget || (isStranger && this.#ofStrangers + length > this.#budget * STRANGERS)
      if (isFull) {
        payload.off('data', count)
        payload.emit('error', full())
        return
      }
      held += length
      this.#held += length
      if (isStranger) this.#ofStrangers += length
    }
    payload.on('data', count)
    onRequestEnd(request, reply, () => {
      this.#held -= held
      if (isStranger) this.#ofStrangers -= held
      held = 0
    })
  }
}

const full = () =>
  Object.assign(
    new GlassformerError(
      'ERR_BUSY',
      'the bodies of other requests take all the room that there is for them: ask again',
    ),
    { statusCode: 429 },
  )
