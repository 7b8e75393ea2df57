import type { FastifyReply } from 'fastify'
import { loggedProblem, withHeaders } from '../requests/error-json.ts'

/** DeepL's statuses for those of ours that DeepL does not use. */
const statuses: Readonly<Record<number, number>> = { 401: 403, 415: 400, 499: 503, 504: 503 }

/** Sends an error in DeepL's form. */
export function sendDeeplError(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = loggedProblem(reply, error)
  const status = statuses[problem.status] ?? problem.status
  return withHeaders(reply, { ...problem, status }).send({ message: problem.message })
}

/** The JSON Schema of an error. */
export const deeplErrorSchema = {
  type: 'object',
  properties: { message: { type: 'string' } },
  required: ['message'],
}
