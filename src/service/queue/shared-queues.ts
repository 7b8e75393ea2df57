import { JobQueue } from './job-queue.ts'

/** Milliseconds for which the connection of a queue stays open when nobody uses it: the next call finds it there. */
const LINGER = 200

interface Shared {
  queue: Promise<JobQueue>
  users: number
  leaving?: NodeJS.Timeout
}

const open = new Map<string, Shared>()

/**
 * Uses the queue of a model. All calls of a process share one connection to it, which closes by itself soon after the last of them, so that it
 * does not keep the process alive.
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
    await shared.queue.then((queue) => queue.close()).catch(() => {}) // a queue that was not opened has nothing to close
  }
  const failed = () => void (open.get(key) === shared && shared.users === 0 && close())
  shared.leaving = setTimeout(close, LINGER)
  shared.queue.catch(failed)
}
