import type { FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { ClientShares } from '../../../workers/index.ts'
import { clientOf, keyOf } from '../access/authorize.ts'
import { onRequestEnd } from './request-end.ts'

/** The part of the budget for requests whose key is unknown before their body, so that others have room beside them. */
const STRANGERS = 0.25

/**
 * Bytes of memory that a byte of a body may take while it is worked on: sentences, tokens and protected parts of texts.
 * Twelve requests of 490 kB, each with as many parts as it can have, took 1.4 GB.
 */
const WORK_OF_TEXT = 200
/** The same for files, which are kept as bytes; documents have a budget of their own. */
const WORK_OF_FILE = 4

/**
 * The bytes of the request bodies that are being received or processed, and the memory that the work on them may take.
 * Reading stops at a body that would exceed the budget, and its request is refused, before it is parsed. Clients share
 * the room for work.
 */
export class Bodies {
  readonly #budget: number
  readonly #most: number
  readonly #work = new ClientShares()
  #held = 0
  #ofStrangers = 0

  /** `budget`: bytes of bodies; `work`: bytes of memory for the work on them. */
  constructor(budget: number, work: number) {
    this.#budget = budget
    this.#most = work
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
    const client = clientOf(request)
    const perByte = isOfFile(request) ? WORK_OF_FILE : WORK_OF_TEXT
    const refusal = (length: number) => {
      if (perByte * (held + length) > this.#most) return tooLong()
      const isFull =
        this.#held + length > this.#budget ||
        (isStranger && this.#ofStrangers + length > this.#budget * STRANGERS) ||
        !this.#work.hasRoom(client, perByte * length, this.#most)
      return isFull ? full() : null
    }
    const count = ({ length }: Buffer) => {
      const error = refusal(length)
      if (error) {
        payload.off('data', count)
        payload.emit('error', error)
        return
      }
      held += length
      this.#held += length
      this.#work.take(client, perByte * length)
      if (isStranger) this.#ofStrangers += length
    }
    payload.on('data', count)
    onRequestEnd(request, reply, () => {
      this.#held -= held
      this.#work.giveBack(client, perByte * held)
      if (isStranger) this.#ofStrangers -= held
      held = 0
    })
  }
}

const isOfFile = ({ routeOptions }: FastifyRequest): boolean =>
  (routeOptions.config as { takesFile?: boolean }).takesFile === true

const tooLong = () =>
  new GlassformerError(
    'ERR_INPUT_TOO_LONG',
    'the work on so long a body would take more memory than this server has for all: send it in parts',
  )

const full = () =>
  Object.assign(
    new GlassformerError('ERR_BUSY', 'the work on other requests takes all the room that there is for it: ask again'),
    { statusCode: 429 },
  )
