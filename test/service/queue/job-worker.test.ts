import { describe, expect, test } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { JobWorker } from '#dist/service/queue/redis/job-worker.js'
import { Queue, Redis } from '#dist/service/queue/redis/libraries.js'
import { noRedis, RedisServer } from './redis-server.ts'

describe.skipIf(noRedis !== undefined)('a job that fails', () => {
  const server = noRedis === undefined ? RedisServer.start() : (undefined as never)

  /** Does one job, until it is finished or dead; returns when each attempt began, and why the job is dead. */
  async function attempts(name: string, work: (attempt: number) => unknown) {
    const { port } = await server
    const connection = new Redis({ port, maxRetriesPerRequest: null })
    const times: number[] = []
    const worker = new JobWorker(
      name,
      async () => {
        times.push(performance.now())
        return work(times.length)
      },
      { connection },
    )
    const ended = new Promise<string | null>((resolve) => {
      worker.on('completed', () => resolve(null))
      worker.on('failed', (job) => {
        if (job?.finishedOn) resolve(job.failedReason)
      })
    })
    const queue = new Queue(name, { connection })
    await queue.add('translate', {}, { attempts: 4, backoff: { type: 'exponential', delay: 100 } })
    const failedReason = await ended
    await worker.close()
    await queue.close()
    connection.disconnect()
    return { waits: times.slice(1).map((time, i) => time - times[i]!), failedReason }
  }

  test('is retried, each time after twice as long, until it succeeds', async () => {
    const { waits, failedReason } = await attempts('passing', (attempt) => {
      if (attempt < 4) throw new GlassformerError('ERR_MEMORY', 'the memory is full')
    })
    expect(waits).toHaveLength(3)
    expect(waits[0]).toBeGreaterThan(95)
    expect(waits[1]).toBeGreaterThan(195)
    expect(waits[2]).toBeGreaterThan(395)
    expect(failedReason).toBeNull()
  })

  test('is a dead letter when its attempts are used up', async () => {
    const { waits, failedReason } = await attempts('failing', () => {
      throw new GlassformerError('ERR_WORKER', 'a worker thread died')
    })
    expect(waits).toHaveLength(3)
    expect(failedReason).toBe('ERR_WORKER: a worker thread died')
  })

  test('is a dead letter at once where a retry would fail too', async () => {
    const { waits, failedReason } = await attempts('wrong', () => {
      throw new GlassformerError('ERR_OPTION', 'no such option')
    })
    expect(waits).toEqual([])
    expect(failedReason).toBe('ERR_OPTION: no such option')
  })
})
