import { JobQueue } from './job-queue.ts'

/** Milliseconds for which an unused queue's connection stays open for the next call. */
const LINGER = 200

interface Shared {
  queue: Promise<JobQueue>
  users: number
  leaving?: NodeJS.Timeout
}

const open = new Map<string, Shared>()

/**
 * Calls a function with the queue of a model. All calls of a process share one connection to the queue, which closes
 * soon after the last call, so that it does not keep the process alive.
 */
export async function withQueue<T>(
  url: string | undefined,
  model: string,
  use: (queue: JobQueue) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([url ?? process.env.GLASSFORMER_QUEUE, model])
  const shared = open.get(key) ?? { queue: JobQueue.open(url, model), users: 0 }
  open.set(key, shared)
  clearTimeout(shared.leaving)
  shared.users++
  try {
    return await use(await shared.queue)
  } finally {
    if (--shared.users === 0) leave(key, shared)
  }
}

function leave(key: string, shared: Shared): void {
  const close = async () => {
    if (open.get(key) === shared) open.delete(key)
    await shared.queue.then((queue) => queue.close()).catch(() => {}) // a queue that was not opened needs no closing
  }
  const failed = () => void (open.get(key) === shared && shared.users === 0 && close())
  shared.leaving = setTimeout(close, LINGER)
  shared.queue.catch(failed)
}
