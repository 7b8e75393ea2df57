import { type WatchPort, watchPort } from '../serve/watching/watch-port.ts'
import type { Watched } from './watched.ts'

/** Milliseconds within which a worker whose Redis is there must have been heard by it. */
const SILENT = 60_000

/** Takes jobs, or waits for a Redis that is away. A new process would do no better then; where it is not so, it would. */
const isAlive = ({ worker, redis, presence }: Watched) =>
  worker.isRunning() && (redis.status !== 'ready' || presence.silence < SILENT)

/** Takes jobs now. */
const isReady = (watched: Watched) =>
  isAlive(watched) && watched.redis.status === 'ready' && watched.worker.closing === undefined

/** Tells at a port how a worker is. @throws GlassformerError ERR_OPTION where it cannot listen there */
export async function watchWorker(watched: Watched, host: string, port: number): Promise<WatchPort> {
  const { workerFigures } = await import('./worker-figures.ts')
  const told = { isAlive: () => isAlive(watched), isReady: () => isReady(watched), figures: workerFigures(watched) }
  return watchPort(told, host, port)
}
