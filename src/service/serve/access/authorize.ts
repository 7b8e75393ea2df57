import type { FastifyReply, FastifyRequest } from 'fastify'
import { GlassformerError } from '../../../base/errors.ts'
import type { Key, Keys } from './keys.ts'

/** The key of a request. */
const keys = new WeakMap<FastifyRequest, Key>()

/** The key of a request; null on a server without keys. */
export const keyOf = (request: FastifyRequest): Key | null => keys.get(request) ?? null

/** The sender of a request: its key, or else its address. */
export const clientOf = (request: FastifyRequest): string => keyOf(request)?.name ?? request.ip

/** The owner of what a server keeps for a key: its name, or nothing on a server without keys. */
export const ownerOf = (request: FastifyRequest): string => keyOf(request)?.name ?? ''

/** Whose work a request is, for work that outlasts it. */
export const callerOf = (request: FastifyRequest) => ({
  key: keyOf(request),
  client: clientOf(request),
  owner: ownerOf(request),
})

/** The key in a header of one of the forms `Bearer KEY`, `DeepL-Auth-Key KEY`; undefined where there is none. */
export const keyInHeader = (header: string | undefined): string | undefined =>
  /^(?:Bearer|DeepL-Auth-Key)[ \t]+(\S+)$/i.exec(header?.trim() ?? '')?.[1]

/** Accepts a request with a right key, whose name the log then shows. @throws GlassformerError ERR_KEY */
export function authorize(known: Keys, request: FastifyRequest, reply: FastifyReply, given: string | undefined): void {
  if (!known.areNeeded) return
  const key = given === undefined ? null : known.find(given)
  if (!key)
    throw new GlassformerError(
      'ERR_KEY',
      given === undefined
        ? "this server needs an API key: in the header authorization, as Bearer KEY or DeepL-Auth-Key KEY, or in LibreTranslate's field api_key"
        : 'this API key is not one of this server',
    )
  if (keyOf(request) === key) return
  keys.set(request, key)
  request.log = reply.log = request.log.child({ key: key.name })
}

/** The hook that accepts requests with a key in their `authorization`. */
export const authorizing = (known: Keys) => async (request: FastifyRequest, reply: FastifyReply) =>
  authorize(known, request, reply, keyInHeader(request.headers.authorization))
