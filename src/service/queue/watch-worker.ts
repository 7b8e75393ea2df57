import { type WatchPort, watchPort } from '../serve/watching/watch-port.ts'
import type { Watched } from './watched.ts'

/** Milliseconds within which a worker must have had an answer from Redis to count as connected. */
const SILENT = 60_000

/** Whether the worker takes jobs, or waits for an unreachable Redis. A restart helps only where this is false. */
const isAlive = ({ worker, redis, presence }: Watched) =>
  worker.isRunning() && (redis.status !== 'ready' || presence.silence < SILENT)

/** Whether the worker takes jobs now. */
const isReady = (watched: Watched) =>
  isAlive(watched) && watched.redis.status === 'ready' && watched.worker.closing === undefined

/** Serves a worker's state at a port. @throws GlassformerError ERR_OPTION where the port is not available */
export async function watchWorker(watched: Watched, host: string, port: number): Promise<WatchPort> {
  const { workerFigures } = await import('./worker-figures.ts')
  const told = { isAlive: () => isAlive(watched), isReady: () => isReady(watched), figures: workerFigures(watched) }
  return watchPort(told, host, port)
}
