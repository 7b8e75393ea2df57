import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Socket } from 'node:net'
import { connect as secured } from 'node:tls'
import { GlassformerError } from '../../base/errors.ts'
import { PassingFault } from './passing-fault.ts'
import { proxyFor, proxyHeaders } from './proxy.ts'

/** How requests are made. */
export interface Connection {
  /** What opens private models; it is sent to the host of the first address alone. Null where there is none. */
  token: string | null
  /** Milliseconds without a byte after which a request counts as stalled. */
  stallTime: number
  signal: AbortSignal
}

export interface Answer {
  status: number
  /** The host that has answered, behind all redirects. */
  host: string
  headers: IncomingHttpHeaders
  /** The headers of the redirects that led here, and of this answer, the first of each name. */
  firstHeaders: IncomingHttpHeaders
  /** The bytes. It has to be read or destroyed. */
  body: IncomingMessage
}

const MOST_REDIRECTS = 10

/**
 * Asks for an address, and follows redirects; of HEAD only until the headers that `isEnough` asks for are there.
 * @throws PassingFault; GlassformerError ERR_NETWORK where asking again is of no use
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

/** How bytes are encoded that were asked for as they are; null where they are as they are. */
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

/** Faults of a connection that do not pass by themselves. */
const lasting: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
}

/** Makes one request, by a proxy where there is one. */
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

/** The name that a certificate has to be for; an address in numbers is none that TLS could send. */
const nameOfHost = ({ hostname }: URL) => (/^[\d.]+$|^\[/.test(hostname) ? '' : hostname)

function proxyRequest(proxy: URL, options: object): ClientRequest {
  const { protocol, hostname, port } = proxy
  return (protocol === 'https:' ? overHttps : overHttp)({ hostname, port, ...options })
}

/** A connection to the host of `url` that a proxy passes on. */
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

/** What a broken connection means. A fault of a certificate does not pass. */
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
