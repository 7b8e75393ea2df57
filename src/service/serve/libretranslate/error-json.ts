import type { FastifyReply } from 'fastify'
import { loggedProblem, withHeaders } from '../requests/error-json.ts'

/** LibreTranslate's statuses for those of ours that LibreTranslate does not use. */
const statuses: Readonly<Record<number, number>> = { 401: 403, 413: 400, 415: 400, 456: 403, 499: 500, 504: 500 }

/** Sends an error in LibreTranslate's form. */
export function sendLibreError(reply: FastifyReply, error: unknown): FastifyReply {
  const problem = loggedProblem(reply, error)
  const status = statuses[problem.status] ?? problem.status
  return withHeaders(reply, { ...problem, status }).send({ error: problem.message })
}
