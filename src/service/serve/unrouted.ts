import type { FastifyReply } from 'fastify'
import { sendDeeplError } from './deepl/error-json.ts'
import { sendLibreError } from './libretranslate/error-json.ts'
import { sendOpenAiError } from './openai/error-json.ts'
import { sendProblem } from './requests/error-json.ts'
import type { interfaces } from './requests/interfaces.ts'

/** The path prefixes of interfaces other than our own, including those that are not served here. */
const others = [
  { name: 'deepl', paths: /^\/v[23]\//, send: sendDeeplError },
  {
    name: 'libretranslate',
    paths: /^\/(?:detect|download_file|frontend|languages|suggest|translate|translate_file)(?:\/|$)/,
    send: sendLibreError,
  },
  { name: 'openai', paths: /^\/v1\/audio\//, send: sendOpenAiError },
] as const

/** Answers a request without a route, with an error in the form of the interface that its path belongs to. */
export function sendUnrouted(
  reply: FastifyReply,
  error: unknown,
  path: string,
  served: readonly (typeof interfaces)[number][],
): FastifyReply {
  const { send } = others.find(({ name, paths }) => served.includes(name) && paths.test(path)) ?? { send: sendProblem }
  return send(reply, error)
}
