import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import type { Socket } from 'node:net'
import { connect as secured } from 'node:tls'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { PassingFault } from './passing-fault.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for an address by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case; null where there
 * is none.
 * @throws GlassformerError ERR_OPTION for an invalid proxy address
 */
function proxyFor(url: URL, env: Environment = process.env): URL | null {
  const of = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || ''
  const kind = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const proxy = of(kind) || of('ALL_PROXY')
  if (!proxy || isExcluded(url, of('NO_PROXY'))) return null
  const address = proxy.includes('://') ? proxy : `http://${proxy}`
  if (!/^https?:/i.test(address) || !URL.canParse(address))
    throw new GlassformerError('ERR_OPTION', `${kind} must be the address of an HTTP proxy, http://host:port`)
  return new URL(address)
}

/** Whether a list such as `localhost, .internal, 10.0.0.1:8080` contains the host of a URL, or a domain of the host. */
function isExcluded({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.toLowerCase()
  const portOf = port || (protocol === 'https:' ? '443' : '80')
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    const [, name, only] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase())!
    const domain = name.replace(/^\*?\./, '')
    return domain !== '' && (!only || only === portOf) && (host === domain || host.endsWith(`.${domain}`))
  })
}

/** The header that authenticates the client to a proxy. */
const proxyHeaders = ({ username, password }: URL): Record<string, string> =>
  username || password
    ? {
        'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      }
    : {}

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
    const status = present(body.statusCode)
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
  return new GlassformerError('ERR_NETWORK', `${host} cannot be reached: ${why}; check the network and HTTPS_PROXY`, {
    cause,
  })
}
