import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GlassformerError, messageOf } from '../../base/errors.ts'
import type { Watched } from './watched.ts'

/** Where a worker tells how it is. */
export interface Watching {
  readonly port: number
  close(): Promise<void>
}

/** Milliseconds within which a worker whose Redis is there must have been heard by it. */
const SILENT = 60_000

/** Takes jobs, or waits for a Redis that is away. A new process would do no better then; where it is not so, it would. */
const isAlive = ({ worker, redis, presence }: Watched) =>
  worker.isRunning() && (redis.status !== 'ready' || presence.silence < SILENT)

/** Takes jobs now. */
const isReady = (watched: Watched) =>
  isAlive(watched) && watched.redis.status === 'ready' && watched.worker.closing === undefined

/**
 * Answers at `/health` whether a worker lives, at `/ready` whether it takes jobs, and at `/metrics` with figures for Prometheus. A worker whose
 * event loop is blocked does not answer.
 * @throws GlassformerError ERR_OPTION where it cannot listen there
 */
export async function watchWorker(watched: Watched, port: number, host: string): Promise<Watching> {
  const { workerFigures } = await import('./worker-figures.ts')
  const figures = workerFigures(watched)
  const server = createServer(async ({ method, url = '/' }, response) => {
    const answer = (status: number, body: string, type = 'application/json') =>
      response.writeHead(status, { 'content-type': type }).end(method === 'HEAD' ? undefined : body)
    const state = (is: boolean, name: string) =>
      answer(is ? 200 : 503, `${JSON.stringify({ status: is ? name : `not ${name}` })}\n`)
    if (method !== 'GET' && method !== 'HEAD') return answer(405, '{"status":"only GET"}\n')
    const path = url.split('?', 1)[0]
    if (path === '/health') return state(isAlive(watched), 'ok')
    if (path === '/ready') return state(isReady(watched), 'ready')
    if (path === '/metrics') return answer(200, await figures.metrics(), figures.contentType)
    return answer(404, '{"status":"not found: /health, /ready and /metrics are here"}\n')
  })
  await listen(server, port, host)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new GlassformerError('ERR_OPTION', `cannot listen at ${host}:${port}: ${messageOf(error)}`, { cause: error }),
      ),
    )
    server.listen(port, host, resolve)
  })
}
