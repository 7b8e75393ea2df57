import type { FastifyReply, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import { onRequestEnd } from './request-end.ts'

/** When the work for a request is to stop. */
export interface CallSignal {
  readonly signal: AbortSignal
  /** The error that a client is told where the work has stopped for it: the caller's own reason before the general one. */
  errorFor(error: unknown): unknown
  /** Stops waiting: the work is done. */
  end(): void
}

/** How long a request may take, in milliseconds. */
export interface TimeLimit {
  milliseconds: number
  /** Whether the request has asked for so few. */
  isAsked: boolean
}

/** A signal that fires when whoever has asked hangs up, and after some time. */
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
      // What the client has asked for is no failure of the server.
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

/** The most milliseconds of a timer. */
const LONGEST = 2 ** 31 - 1

const isAborted = (error: unknown) => error instanceof GlassformerError && error.code === 'ERR_ABORTED'
