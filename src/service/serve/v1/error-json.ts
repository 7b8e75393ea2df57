import type { FastifyReply } from 'fastify'
import { type Problem, problemOf } from '../problem.ts'

/** An error as our own interface gives it. */
export const errorJson = ({ code, message }: Pick<Problem, 'code' | 'message'>, requestId: string) => ({
  error: { code, message, requestId },
})

/** What a client is told of an error; the log is told of ours whole, of the client's own the code alone, without words of a text. */
export function loggedProblem({ log }: FastifyReply, error: unknown): Problem {
  const problem = problemOf(error)
  const { code, status } = problem
  if (status >= 500) log.error({ code, err: error }, 'a request has failed')
  else log.info({ code }, 'a request was refused')
  return problem
}

/** Answers a request with an error. */
export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = loggedProblem(reply, error)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return withHeaders(reply, problem).send(errorJson(problem, reply.request.id))
}

/** The status, the id of the request, which an early error has not got yet, and when to ask again. */
export function withHeaders(reply: FastifyReply, { status, retryAfter }: Problem): FastifyReply {
  reply.header('x-request-id', reply.request.id)
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  return reply.code(status)
}

/** An error as JSON Schema says it. */
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
