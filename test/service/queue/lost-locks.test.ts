import { describe, expect, test } from 'vitest'
import { JobWorker, type Work } from '#dist/service/queue/redis/job-worker.js'
import { Queue, Redis } from '#dist/service/queue/redis/libraries.js'
import { Presence } from '#dist/service/queue/redis/presence.js'
import { noRedis, RedisServer } from './redis-server.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.skipIf(noRedis !== undefined)('a worker and its locks', () => {
  const server = noRedis === undefined ? RedisServer.start() : (undefined as never)
  const LOCK = 1000

  /** A worker with a connection of its own, as `work()` makes it. */
  async function startWorker(name: string, work: Work) {
    const { port } = await server
    const connection = new Redis({ port, maxRetriesPerRequest: null })
    const presence = new Presence(connection, `bull:${name}:presence`, 'digest', LOCK)
    await presence.start()
    const options = {
      connection,
      lockDuration: LOCK,
      stalledInterval: LOCK / 2,
      maxStalledCount: 5,
      runRetryDelay: 100,
    }
    const worker = new JobWorker(name, work, options, () => presence.hasSettled())
    const events: string[] = []
    worker.on('error', (error) => events.push(error.message))
    worker.on('stalled', () => events.push('stalled'))
    worker.on('completed', () => events.push('completed'))
    return {
      events,
      async close() {
        await worker.finish()
        await presence.stop()
        connection.disconnect()
      },
    }
  }

  async function add(name: string): Promise<{ of: (field: string) => Promise<string | null>; id: string }> {
    const { port } = await server
    const connection = new Redis({ port, maxRetriesPerRequest: null })
    const queue = new Queue(name, { connection })
    const { id } = await queue.add('translate', {}, { attempts: 3 })
    await queue.close()
    connection.disconnect()
    return { id: id!, of: async (field) => (await server).asked((redis) => redis.hget(`bull:${name}:${id}`, field)) }
  }

  test.each([
    ['while it is in work', 5000],
    ['and the job ends in the pause', 1500],
    ['and the job ends just after it', 3100],
  ])('a Redis that pauses is no lost worker: %s', async (name, takes) => {
    const queue = `paused-${takes}`
    let attempts = 0
    const working = await startWorker(queue, async () => {
      attempts++
      await pause(takes)
      return 'done'
    })
    const idle = await startWorker(queue, async () => {
      attempts++
      return 'by the other'
    })
    const job = await add(queue)
    await expect.poll(() => attempts).toBe(1)
    await pause(300)
    const { pid } = await server
    process.kill(pid!, 'SIGSTOP')
    await pause(2800)
    process.kill(pid!, 'SIGCONT')
    await expect.poll(() => job.of('returnvalue'), { timeout: 15_000 }).not.toBeNull()
    await pause(2 * LOCK)
    expect([name, attempts, await job.of('stc'), await job.of('atm')]).toEqual([name, 1, null, '1'])
    expect([...working.events, ...idle.events].filter((event) => event === 'stalled')).toEqual([])
    await working.close()
    await idle.close()
  })

  test('work on a job that another worker has is stopped, and its result is not stored', async () => {
    const ended: string[] = []
    const worker = await startWorker('taken', async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      ended.push('stopped')
      return 'too late'
    })
    const job = await add('taken')
    const lock = `bull:taken:${job.id}:lock`
    const redis = await server
    await expect.poll(() => redis.asked((client) => client.exists(lock))).toBe(1)
    await redis.asked((client) => client.set(lock, 'another-worker'))
    await expect.poll(() => ended, { timeout: 5000 }).toEqual(['stopped'])
    await pause(200)
    expect(await job.of('returnvalue')).toBeNull()
    expect(await redis.asked((client) => client.get(lock))).toBe('another-worker')
    expect(worker.events.filter((event) => /Missing|mismatch/.test(event))).toEqual([])
    await worker.close()
  })

  test('jobs of a worker that is lost are done by another', async () => {
    const redis = await server
    await redis.asked(async (client) => {
      await client.hset('bull:lost:1', { name: 'translate', data: '{}', opts: '{}', timestamp: '1' })
      await client.lpush('bull:lost:active', '1')
    })
    const worker = await startWorker('lost', async () => 'done')
    await expect.poll(() => worker.events, { timeout: 10_000 }).toContain('completed')
    await worker.close()
  })
})
