import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DeadLetter, deadLetters, enqueue, type QueueWorker, work } from '#dist/service/queue/index.js'
import { noRedis, RedisServer } from './redis-server.ts'

describe.skipIf(noRedis !== undefined)('jobs written by other programs', () => {
  let redis: RedisServer
  let worker: QueueWorker
  const done: string[] = []

  beforeAll(async () => {
    redis = await RedisServer.start()
    const load = { queue: redis.url, workers: 1, threads: 1, stalledAfter: 1, jobs: 4 }
    worker = await work(load, { done: ({ id }) => done.push(id) })
  })
  afterAll(() => worker.close())

  const key = (name: string) => `glassformer:fr-en:${name}`
  const job = { version: 1, model: 'fr-en', first: 1, texts: ['Merci.'], options: { beams: 1 } }

  const add = (id: string, fields: Record<string, string>) =>
    redis.asked(async (client) => {
      await client.hset(key(id), {
        name: 'translate',
        data: JSON.stringify(job),
        opts: '{}',
        timestamp: '1',
        ...fields,
      })
      await client.lpush(key('wait'), id)
      await client.zadd(key('marker'), 0, '0')
    })

  const letter = async (id: string): Promise<DeadLetter | undefined> =>
    (await deadLetters({ queue: redis.url })).find((each) => each.id === id)

  const works = async (text: string) => {
    const [{ text: translation }] = await (await enqueue(text, { queue: redis.url, beams: 1 })).result()
    expect(translation).not.toBe('')
  }

  test.each([
    ['null', { opts: 'null' }],
    ['a list', { opts: '[1]' }],
    ['a text', { opts: '"keep"' }],
    ['results that are kept for no number', { opts: '{"removeOnComplete":{"age":"x","count":{}}}' }],
    ['a backoff that is none', { opts: '{"attempts":3,"backoff":{"type":"none-of-bullmq","delay":[]}}' }],
    ['a parent', { opts: '{"parent":{"id":"x","queue":"y"}}', parent: '{', parentKey: 'nowhere:1' }],
    ['a job that repeats', { rjk: 'a:b:c:d:e', opts: '{"repeat":{"every":"x"}}' }],
    ['a progress that is no JSON', { progress: '{' }],
  ])('with options of BullMQ that are damaged are done: %s', async (name, fields) => {
    await add(name, fields as Record<string, string>)
    await expect.poll(() => done, { timeout: 20_000 }).toContain(name)
  })

  test.each([
    ['attempts', { atm: 'x' }],
    ['starts', { ats: '1e99' }],
  ])('with a counter that is not a number are done: %s', async (name, fields) => {
    await add(name, fields as Record<string, string>)
    await expect.poll(() => done, { timeout: 30_000 }).toContain(name)
  })

  test('entries that are not jobs are removed from the queue', async () => {
    await redis.asked(async (client) => {
      await client.set(key('a-text'), 'what')
      await client.lpush(key('wait'), 'a-text')
      await client.zadd(key('marker'), 0, '0')
    })
    await works('Bonsoir.')
    await expect.poll(() => redis.asked((client) => client.llen(key('active'))), { timeout: 20_000 }).toBe(0)
  })

  const large: [string, () => string, RegExp][] = [
    [
      'of many bytes',
      () => JSON.stringify({ ...job, texts: ['mot '.repeat(5_000_000)] }),
      /it has 20,000,\d+ bytes, and a job at most 16,777,216/,
    ],
    [
      'of many texts',
      () => JSON.stringify({ ...job, texts: Array(10_001).fill('a') }),
      /texts must be a list of 1 to 10,000 texts/,
    ],
    [
      'of many values',
      () => JSON.stringify({ ...job, texts: Array(3_000_000).fill('a') }),
      /its JSON is more than 1,000,000 values/,
    ],
    ['of many levels', () => `{"texts":${'['.repeat(1_000_000)}`, /its JSON is nested deeper than 100 levels/],
  ]

  test('that are too large are dead letters before they are read, and their neighbours are done', async () => {
    const before = process.memoryUsage().rss
    for (const [id, data] of large) await add(id, { data: data() })
    await works('La nuit est longue.')
    for (const [id, , reason] of large)
      await expect.poll(async () => (await letter(id))?.reason, { timeout: 20_000 }).toMatch(reason)
    expect(process.memoryUsage().rss - before).toBeLessThan(600 << 20)
  })

  test('enqueue refuses a job that no worker would read', async () => {
    const texts = Array.from({ length: 9 }, (_, i) => `${i}${'\0'.repeat(500_000)}`)
    await expect(enqueue(texts, { queue: redis.url })).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
      message: expect.stringMatching(/^texts 1 to 9 .* more than 16,777,216 bytes/),
    })
  })
})

describe.skipIf(noRedis !== undefined)('a job that takes too long', () => {
  test('is stopped, retried and at last a dead letter', async () => {
    const redis = await RedisServer.start()
    const failures: string[] = []
    await using _worker = await work(
      { queue: redis.url, workers: 1, threads: 1, timeout: 0.05 },
      { failed: ({ reason }) => failures.push(reason) },
    )
    const job = await enqueue(Array(400).fill('Le chat dort sur la table du salon.'), {
      queue: redis.url,
      lines: 400,
      attempts: 2,
      backoff: 0,
    })
    await expect(job.result()).rejects.toMatchObject({
      code: 'ERR_JOB',
      message: expect.stringContaining('ERR_TIMEOUT'),
    })
    expect(failures).toHaveLength(2)
  })
})
