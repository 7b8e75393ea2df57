import type { FastifyReply, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { onRequestEnd } from './request-end.ts'

/** The signal that stops the work for a request. */
export interface CallSignal {
  readonly signal: AbortSignal
  /** The error for the client after the work has stopped: the specific reason before the general one. */
  errorFor(error: unknown): unknown
  /** Ends the timer and the listener after the work. */
  end(): void
}

/** The time limit of a request in milliseconds. */
export interface TimeLimit {
  milliseconds: number
  /** Whether the request itself has set this limit. */
  isAsked: boolean
}

/** A signal that fires when the client disconnects, and after a time limit. */
export function callSignal(
  request: FastifyRequest,
  reply: FastifyReply,
  { milliseconds, isAsked }: TimeLimit,
): CallSignal {
  const controller = new AbortController()
  const left = () => controller.abort(new GlassformerError('ERR_ABORTED', 'whoever has asked has hung up'))
  const timer = setTimeout(
    () => {
      const error = new GlassformerError('ERR_TIMEOUT', `the request was not done within ${milliseconds} ms`)
      // A limit set by the client is not a failure of the server.
      controller.abort(isAsked ? Object.assign(error, { statusCode: 408 }) : error)
    },
    Math.min(milliseconds, LONGEST),
  )
  const leave = onRequestEnd(request, reply, left)
  return {
    signal: controller.signal,
    errorFor: (error) => (isAborted(error) && controller.signal.aborted ? controller.signal.reason : error),
    end() {
      clearTimeout(timer)
      leave()
    },
  }
}

/** The maximum milliseconds of a timer. */
const LONGEST = 2 ** 31 - 1

const isAborted = (error: unknown) => error instanceof GlassformerError && error.code === 'ERR_ABORTED'
