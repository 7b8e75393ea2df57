import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GlassformerError, messageOf } from '../../../base/errors.ts'

/** Metrics in Prometheus' format. */
export interface Figures {
  readonly contentType: string
  metrics(): Promise<string>
}

/** The state of a process, as served at a port. */
export interface Watched {
  isAlive(): boolean
  isReady(): boolean
  /** Undefined where there are no metrics. */
  figures?: Figures
}

/** A port that serves the state of a process. */
export interface WatchPort {
  readonly port: number
  close(): Promise<void>
}

/**
 * Answers at `/health` whether a process is alive, at `/ready` whether it accepts work, and at `/metrics` with metrics
 * for Prometheus; for every client that reaches the port. A process whose event loop is blocked does not answer.
 * @throws GlassformerError ERR_OPTION where the port is not available
 */
export async function watchPort(watched: Watched, host: string, port: number): Promise<WatchPort> {
  const { isAlive, isReady, figures } = watched
  const server = createServer(async ({ method, url = '/' }, response) => {
    const answer = (status: number, body: string, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(method === 'HEAD' ? undefined : body)
    const state = (is: boolean, name: string) =>
      answer(is ? 200 : 503, `${JSON.stringify({ status: is ? name : `not ${name}` })}\n`)
    if (method !== 'GET' && method !== 'HEAD') return answer(405, '{"status":"only GET"}\n')
    const path = url.split('?', 1)[0]
    if (path === '/health') return state(isAlive(), 'ok')
    if (path === '/ready') return state(isReady(), 'ready')
    if (path === '/metrics' && figures) return answer(200, await figures.metrics(), figures.contentType)
    return answer(404, '{"status":"not found: /health, /ready and /metrics are here"}\n')
  })
  await listen(server, host, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new GlassformerError('ERR_OPTION', `cannot listen at ${host}:${port}: ${messageOf(cause)}`, { cause })),
    )
    server.listen(port, host, resolve)
  })
}
