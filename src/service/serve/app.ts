import { randomUUID } from 'node:crypto'
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import cors from '@fastify/cors'
import type { FastifyReply } from 'fastify'
import Fastify, { type ConnectionError, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import pino from 'pino'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { neighborsOnly } from './access/same-site.ts'
import { addService } from './add-service.ts'
import { sendDeeplError } from './deepl/error-json.ts'
import { sendLibreError } from './libretranslate/error-json.ts'
import { sendOpenAiError } from './openai/error-json.ts'
import type { interfaces } from './requests/answers.ts'
import { errorJson, sendProblem } from './requests/error-json.ts'
import type { Service } from './service/service.ts'
import type { ListenSettings } from './service/settings.ts'
import { isUnread, LogOutput } from './watching/log-output.ts'

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
function sendUnrouted(
  reply: FastifyReply,
  error: unknown,
  path: string,
  served: readonly (typeof interfaces)[number][],
): FastifyReply {
  const { send } = others.find(({ name, paths }) => served.includes(name) && paths.test(path)) ?? { send: sendProblem }
  return send(reply, error)
}

/** CORS headers for pages of other origins, where all origins have access. */
const crossing = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['retry-after', 'x-request-id'],
}

/** The maximum length of a request's address. */
const LONGEST_URL = 8192

/** A server with its limits that does not listen yet. */
export async function createApp(service: Service, settings: ListenSettings): Promise<FastifyInstance> {
  const { body, receive, idle, connections, cors: origins, host, hosts, log } = settings
  const output = new LogOutput()
  const logger = pino({ level: isUnread() ? 'silent' : log, serializers }, output)
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    bodyLimit: body,
    requestTimeout: receive * 1000,
    keepAliveTimeout: idle * 1000,
    http: {
      headersTimeout: (receive * 1000) / 2,
      connectionsCheckingInterval: Math.min(1000, (receive * 1000) / 4),
      maxHeaderSize: 16_384,
    },
    pluginTimeout: 0,
    forceCloseConnections: 'idle',
    genReqId: ({ headers }) => requestIdIn(headers['x-request-id']) ?? randomUUID(),
    frameworkErrors: (error, { raw }, reply) =>
      void sendUnrouted(reply as never, error, pathOf(present(raw.url)), service.settings.apis),
    clientErrorHandler: answerBroken,
  })
  app.server.maxConnections = connections
  app.server.maxHeadersCount = 100
  app.addHook('onRequest', async ({ raw }) => {
    if (present(raw.url).length > LONGEST_URL)
      throw Object.assign(new Error(`the address of a request may have ${LONGEST_URL} characters`), { statusCode: 414 })
    // Node keeps the first of them, a proxy may have read the other (RFC 9112, section 3.2).
    if (hostsIn(raw) > 1) throw new GlassformerError('ERR_INPUT', 'the request has more than one header host')
  })
  // Clients that keep connections open then ask elsewhere, before the server closes what is open.
  app.addHook('onSend', async (_, reply) => {
    if (service.gate.isClosing) reply.header('connection', 'close')
  })
  if (origins.length) await app.register(cors, { ...crossing, origin: origins.includes('*') ? '*' : [...origins] })
  app.setErrorHandler((error, _, reply) => sendProblem(reply, error))
  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = pathOf(url)
    const others = METHODS.filter((each) => app.hasRoute({ method: each, url: path }))
    if (others.length) reply.header('allow', others.join(', '))
    const status = others.length ? { statusCode: 405 } : undefined
    const message = `there is no ${method} ${path.slice(0, 200)} here`
    const error = status ? Object.assign(new Error(message), status) : new GlassformerError('ERR_NOT_FOUND', message)
    return sendUnrouted(reply, error, path, service.settings.apis)
  })
  if (!service.keys.areNeeded) app.addHook('onRequest', neighborsOnly({ host, hosts, origins }))
  await addService(app, service)
  app.addHook('onClose', () => output.end())
  return app
}

/** The number of headers with a host. */
const hostsIn = ({ rawHeaders }: IncomingMessage): number =>
  rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length

/** The address of a request without its query, which may contain words of texts. */
const pathOf = (url: string): string => url.split('?', 1)[0]

const METHODS = ['GET', 'POST', 'DELETE', 'PATCH', 'PUT'] as const

/** The log entries of requests and answers: without texts, queries and keys. */
const serializers = {
  req: ({ method, url, ip }: { method: string; url: string; ip: string }) => ({
    method,
    path: pathOf(url),
    ip,
  }),
  res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
}

/** The client's id of a request; undefined where it is unsafe for a log. */
const requestIdIn = (header: IncomingMessage['headers'][string]): string | undefined =>
  typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : undefined

const broken: Readonly<Record<string, [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request has not arrived in time'],
  HPE_HEADER_OVERFLOW: [431, 'the headers of the request are too large'],
}

/** Answers data that is not a request, or an incomplete request after its timeout, and closes the connection. */
function answerBroken(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) return void socket.destroy()
  const [status, message] = isLongAddress(error)
    ? [414, `the address of a request may have ${LONGEST_URL} characters`]
    : (broken[error.code ?? ''] ?? [400, 'this is no request of HTTP/1.1'])
  const id = randomUUID()
  const body = JSON.stringify(errorJson({ code: status === 408 ? 'ERR_TIMEOUT' : 'ERR_INPUT', message }, id))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${id}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Whether the headers are too large because of the address in the first line. */
const isLongAddress = ({ code, rawPacket }: ConnectionError) =>
  // Fastify's types describe a packet as its JSON.
  code === 'HPE_HEADER_OVERFLOW' && !(rawPacket as unknown as Buffer).subarray(0, LONGEST_URL).includes('\r\n')
