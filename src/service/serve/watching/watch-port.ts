import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GlassformerError, messageOf } from '../../../base/errors.ts'

/** Figures in the form of Prometheus. */
export interface Figures {
  readonly contentType: string
  metrics(): Promise<string>
}

/** What a port tells of a process. */
export interface Watched {
  isAlive(): boolean
  isReady(): boolean
  /** Undefined where there are none. */
  figures?: Figures
}

/** A port at which a process tells how it is. */
export interface WatchPort {
  readonly port: number
  close(): Promise<void>
}

/**
 * Answers at `/health` whether a process lives, at `/ready` whether it takes work, and at `/metrics` with figures for Prometheus; to everyone who
 * reaches the port. A process whose event loop is blocked does not answer.
 * @throws GlassformerError ERR_OPTION where it cannot listen there
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
