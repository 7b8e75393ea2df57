import type { FastifyReply } from 'fastify'
import { type Problem, problemOf } from './problem.ts'

/** An error in the form of our own interface. */
export const errorJson = ({ code, message }: Pick<Problem, 'code' | 'message'>, requestId: string) => ({
  error: { code, message, requestId },
})

/**
 * Reports an error to the client; the log has all of an internal error, and only the code of a client's error, without
 * words of a text.
 */
export function loggedProblem({ log }: FastifyReply, error: unknown): Problem {
  const problem = problemOf(error)
  const { code, status } = problem
  if (status >= 500) log.error({ code, err: error }, 'a request has failed')
  else log.info({ code }, 'a request was refused')
  return problem
}

/** Sends an error. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = loggedProblem(reply, error)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return withHeaders(reply, problem).send(errorJson(problem, reply.request.id))
}

/** The status, the id of the request, which an early error lacks, and the time after which to retry. */
export function withHeaders(reply: FastifyReply, { status, retryAfter }: Problem): FastifyReply {
  reply.header('x-request-id', reply.request.id)
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  return reply.code(status)
}

/** The JSON Schema of an error. */
export const errorSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'string', description: 'one of the codes of docs/errors.md, which never change their meaning' },
        message: { type: 'string' },
        requestId: { type: 'string', description: 'the `x-request-id` of the answer, by which the log is searched' },
      },
      required: ['code', 'message', 'requestId'],
    },
  },
  required: ['error'],
}
