import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Socket } from 'node:net'
import { connect as secured } from 'node:tls'
import { GlassformerError } from '../../base/errors.ts'
import { PassingFault } from './passing-fault.ts'
import { proxyFor, proxyHeaders } from './proxy.ts'

/** Options of requests. */
export interface Connection {
  /** The token for private models; it is sent only to the host of the first address. Null where there is none. */
  token: string | null
  /** Milliseconds without a byte after which a request counts as stalled. */
  stallTime: number
  signal: AbortSignal
}

export interface Answer {
  status: number
  /** The host that answered, after all redirects. */
  host: string
  headers: IncomingHttpHeaders
  /** The headers of the redirects, and of this answer, the first of each name. */
  firstHeaders: IncomingHttpHeaders
  /** The body in bytes. The caller must read or destroy it. */
  body: IncomingMessage
}

const MOST_REDIRECTS = 10

/**
 * Requests an address, and follows redirects; with HEAD, only until the headers that `isEnough` needs have arrived.
 * @throws PassingFault; GlassformerError ERR_NETWORK where repeating the request is useless
 */
export async function ask(
  method: 'GET' | 'HEAD',
  address: string,
  connection: Connection,
  { headers = {}, isEnough = () => false }: { headers?: object; isEnough?(headers: IncomingHttpHeaders): boolean } = {},
): Promise<Answer> {
  const first = new URL(address)
  const firstHeaders: IncomingHttpHeaders = {}
  let url = first
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const authorization = connection.token && url.origin === first.origin
    const body = await send(method, url, connection, {
      'user-agent': 'glassformer',
      'accept-encoding': 'identity',
      ...headers,
      ...(authorization && { authorization: `Bearer ${connection.token}` }),
    })
    const status = body.statusCode!
    for (const [name, value] of Object.entries(body.headers)) firstHeaders[name] ??= value
    const { location } = body.headers
    const isRedirect = [301, 302, 303, 307, 308].includes(status) && location !== undefined
    if (!isRedirect || isEnough(firstHeaders))
      return { status, host: url.host, headers: body.headers, firstHeaders, body }
    body.destroy()
    url = redirected(url, location)
  }
  throw new GlassformerError('ERR_NETWORK', `${address} is redirected more than ${MOST_REDIRECTS} times`)
}

/** The content encoding of bytes that were requested without one; null where there is none. */
export const encodingOf = (headers: IncomingHttpHeaders): string | null => {
  const encoding = headers['content-encoding'] ?? 'identity'
  return encoding === 'identity' || encoding === '' ? null : encoding
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : null
  const isSafe = to && (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:'))
  if (isSafe) return to
  throw new GlassformerError(
    'ERR_NETWORK',
    `${from.href} is redirected to ${location.slice(0, 200)}, which is not safe`,
  )
}

/** Connection errors that repeating the request does not cure. */
const lasting: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
}

/** Makes one request, through a proxy where there is one. */
async function send(
  method: 'GET' | 'HEAD',
  url: URL,
  { stallTime, signal }: Connection,
  headers: Record<string, unknown>,
): Promise<IncomingMessage> {
  const proxy = proxyFor(url)
  const options = { method, headers: headers as Record<string, string>, timeout: stallTime, signal }
  if (!proxy) return answerOf((url.protocol === 'https:' ? overHttps : overHttp)(url, options), url)
  if (url.protocol === 'http:') {
    const byProxy = {
      ...options,
      path: url.href,
      headers: { ...options.headers, host: url.host, ...proxyHeaders(proxy) },
    }
    return answerOf(proxyRequest(proxy, byProxy), proxy)
  }
  const tunnel = await tunnelTo(url, proxy, { timeout: stallTime, signal })
  const createConnection = () => secured({ socket: tunnel, servername: nameOfHost(url) }).setTimeout(stallTime)
  return answerOf(overHttps(url, { ...options, createConnection }), url)
}

/** The name that a certificate must match; undefined for a numeric address, which TLS cannot send. */
const nameOfHost = ({ hostname }: URL) => (/^[\d.]+$|^\[/.test(hostname) ? '' : hostname)

function proxyRequest(proxy: URL, options: object): ClientRequest {
  const { protocol, hostname, port } = proxy
  return (protocol === 'https:' ? overHttps : overHttp)({ hostname, port, ...options })
}

/** A connection to the host of `url` through a proxy. */
async function tunnelTo(url: URL, proxy: URL, options: object): Promise<Socket> {
  const path = `${url.hostname}:${url.port || 443}`
  const headers = { host: path, ...proxyHeaders(proxy) }
  const request = proxyRequest(proxy, { ...options, method: 'CONNECT', path, headers, agent: false })
  const { statusCode, socket } = await answerOf(request, proxy)
  if (statusCode === 200) return socket
  socket.destroy()
  throw new GlassformerError('ERR_NETWORK', `the proxy ${proxy.host} answers ${statusCode} when asked for ${path}`)
}

function answerOf(request: ClientRequest, { host }: URL): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let body: IncomingMessage | null = null
    const answered = (answer: IncomingMessage) => {
      body = answer
      resolve(answer)
    }
    request.on('response', answered)
    request.on('connect', answered)
    request.on('timeout', () => (body ?? request).destroy(new PassingFault(`${host} has sent nothing for a while`)))
    request.on('error', (cause: NodeJS.ErrnoException) => reject(faultOf(cause, host)))
    request.end()
  })
}

/** The error for a broken connection. A certificate error does not pass. */
export function faultOf(cause: unknown, host: string): Error {
  if (cause instanceof PassingFault || cause instanceof GlassformerError) return cause
  const { code = '', message } = cause as NodeJS.ErrnoException
  const why = lasting[code] ?? (/CERT|SIGNATURE|SSL|TLS/.test(code) ? message : null)
  if (why === null) return new PassingFault(`the connection to ${host} broke: ${message}`, { cause })
  return new GlassformerError(
    'ERR_NETWORK',
    `${host} cannot be reached: ${why}; check the network, HF_ENDPOINT and HTTPS_PROXY`,
    { cause },
  )
}
