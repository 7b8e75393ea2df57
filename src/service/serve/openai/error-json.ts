import type { FastifyReply } from 'fastify'
import { loggedProblem, withHeaders } from '../requests/error-json.ts'

/** Sends an error in OpenAI's form. */
export function sendOpenAiError(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = loggedProblem(reply, error)
  const { status, code, message } = problem
  const type = status === 401 ? 'authentication_error' : status === 429 ? 'rate_limit_error' : undefined
  return withHeaders(reply, problem).send({
    error: { message, type: type ?? (status < 500 ? 'invalid_request_error' : 'server_error'), param: null, code },
  })
}

/** The JSON Schema of an error. */
export const openAiErrorSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: 'string', description: 'one of the codes of docs/errors.md' },
      },
      required: ['message', 'type', 'code'],
    },
  },
  required: ['error'],
}
