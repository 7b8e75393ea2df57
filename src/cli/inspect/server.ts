import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GlassformerError } from '../../base/errors.ts'
import { escaped } from '../../draw/marks/element.ts'
import { exportedPage, modelNamed } from './exported-page.ts'
import { type InspectedModel, modelData } from './inspected-model.ts'
import { type PageFile, pageFile } from './page-file.ts'
import { exportRequest, inspectRequest } from './request-body.ts'

/** The refusal of a request: its status and its message. */
interface Refusal {
  status: number
  message: string
}

/** Host names of this machine that no outside name server can resolve. */
const hosts = ['127.0.0.1', 'localhost', '[::1]']

/**
 * The reason why a request is refused, or null. A page of another site can make the reader's browser send requests
 * here. Such requests carry their site in `Origin` and `Sec-Fetch-Site`; where the site's name server has resolved its
 * own name to this machine, that name is in `Host`.
 */
function refusalOf({ headers, method = '' }: IncomingMessage, port: number): Refusal | null {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  if (!hosts.some((name) => host === `${name}:${port}`))
    return { status: 403, message: `This page answers under http://127.0.0.1:${port}/ and no other name.` }
  const isForeign = origin !== undefined && origin !== `http://${host}`
  if (isForeign || (site !== 'none' && site !== 'same-origin'))
    return {
      status: 403,
      message: 'Another site has sent this request, and may not: open the page by its own address.',
    }
  if (!['GET', 'HEAD', 'POST'].includes(method)) return { status: 405, message: `${method} is not answered here.` }
  return null
}

export interface InspectorServer {
  /** The address of the page. */
  url: string
  /** Stops the server and the requests in progress. */
  close(): Promise<void>
}

interface Served {
  models: readonly InspectedModel[]
  /** The first sentence that the page shows. */
  source: string
  /** The view that opens where the address names none; by default the first one. */
  start?: string
  /** 0: any free port. */
  port: number
}

/**
 * Serves the page only to this machine: on the loopback interface, and to pages of its own origin.
 * @throws GlassformerError ERR_OPTION where the port is not available
 */
export async function serveInspector({ models, source, start = '', port }: Served): Promise<InspectorServer> {
  const page = pageFile({ ...modelData(models), source, start, exported: null })
  const server = createServer((message, response) => {
    answer(message, response, (server.address() as AddressInfo).port).catch((error) => sendFailure(response, error))
  })

  async function answer(message: IncomingMessage, response: ServerResponse, at: number): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    response.setHeader('content-security-policy', `${page.policy}; frame-ancestors 'none'`)
    const refusal = refusalOf(message, at)
    if (refusal) return sendPage(response, refusal.status, refusal.message, at)
    const { pathname } = new URL(message.url ?? '/', 'http://127.0.0.1')
    const route = `${message.method === 'HEAD' ? 'GET' : message.method} ${pathname}`
    if (route === 'GET /') return send(response, 200, 'text/html; charset=utf-8', page.html)
    if (route === 'GET /api/models')
      return sendJson(response, 200, JSON.stringify({ models: models.map(({ name }) => ({ name })) }))
    if (route === 'POST /api/inspect') return inspect(message, response)
    if (route === 'POST /api/export') return exportRuns(message, response)
    if (pathname.startsWith('/api/')) return sendJson(response, 404, failureText('ERR_INPUT', `there is no ${route}`))
    sendPage(response, 404, `There is no page ${pathname} here.`, at)
  }

  async function inspect(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { model, source, options } = await inspectRequest(message)
    sendJson(response, 200, await modelNamed(model, models).inspect(source, options, goneSignal(response)))
  }

  async function exportRuns(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const html = await exportedPage(await exportRequest(message), models, goneSignal(response))
    send(response, 200, 'text/html; charset=utf-8', html)
  }

  return listening(server, port)
}

/**
 * Serves one page that asks for nothing, only to this machine.
 * @throws GlassformerError ERR_OPTION where the port is not available
 */
export async function servePage(page: PageFile, port: number): Promise<InspectorServer> {
  const server = createServer((message, response) => {
    const at = (server.address() as AddressInfo).port
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    response.setHeader('content-security-policy', `${page.policy}; frame-ancestors 'none'`)
    const refusal = refusalOf(message, at)
    if (refusal) return sendPage(response, refusal.status, refusal.message, at)
    const { pathname } = new URL(message.url ?? '/', 'http://127.0.0.1')
    if (pathname !== '/') return sendPage(response, 404, `There is no page ${pathname} here.`, at)
    send(response, 200, 'text/html; charset=utf-8', page.html)
  })
  return listening(server, port)
}

/** Begins to listen on the loopback interface. */
async function listening(server: Server, port: number): Promise<InspectorServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'it is in use' : cause.message
      reject(
        new GlassformerError('ERR_OPTION', `cannot listen on port ${port}: ${why}; give another --port`, { cause }),
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Fires when the client has disconnected before the answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body)
}

const sendJson = (response: ServerResponse, status: number, json: string) =>
  send(response, status, 'application/json; charset=utf-8', json)

const failureText = (code: string, message: string) => JSON.stringify({ error: { code, message } })

function sendFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return
  const isOurs = error instanceof GlassformerError
  const [code, message] = isOurs ? [error.code, error.message] : ['ERR_INTERNAL', String(error)]
  const status = /^ERR_(INPUT|OPTION|UNSUPPORTED)/.test(code) ? 400 : 500
  // The rest of a refused body would be read as the next request, so the connection is closed.
  response.setHeader('connection', 'close')
  sendJson(response, status, failureText(code, message))
}

/** A page of one sentence with a link to the intended page. */
function sendPage(response: ServerResponse, status: number, message: string, port: number): void {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Glassformer</title><p>${escaped(message)}<p><a href="http://127.0.0.1:${port}/">Glassformer</a></html>`
  send(response, status, 'text/html; charset=utf-8', html)
}
