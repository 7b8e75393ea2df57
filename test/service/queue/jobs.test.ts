import { spawn } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Translator } from '#dist/index.js'
import {
  deadLetters,
  type EnqueueOptions,
  enqueue,
  type QueueWorker,
  removeDeadLetters,
  retryDeadLetters,
  work,
} from '#dist/service/queue/index.js'
import { ended, glassformer } from '../../cli/command.ts'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { readText, root } from '../../repository/repository.ts'
import { noRedis, RedisServer } from './redis-server.ts'

describe.skipIf(noRedis !== undefined)('jobs of texts', () => {
  let redis: RedisServer
  let worker: QueueWorker
  const options: EnqueueOptions = { beams: 1 }
  const done: { id: string; texts: number }[] = []
  const troubles: string[] = []

  beforeAll(async () => {
    redis = await RedisServer.start()
    options.queue = redis.url
    const load = { queue: redis.url, workers: 1, threads: 1, stalledAfter: 1 }
    worker = await work(load, { done: (job) => done.push(job), trouble: (reason) => troubles.push(reason) })
  })
  afterAll(() => worker.close())

  const key = (name: string) => `glassformer:fr-en:${name}`

  /** The data of a job in Redis, written by another program. */
  const addRaw = (id: string, fields: Record<string, string>, list = 'wait') =>
    redis.asked(async (client) => {
      const job = { version: 1, model: 'fr-en', first: 1, texts: ['Merci.'], options: { beams: 1 } }
      await client.hset(key(id), {
        name: 'translate',
        data: JSON.stringify(job),
        opts: '{}',
        timestamp: '1',
        ...fields,
      })
      await client.lpush(key(list), id)
      await client.zadd(key('marker'), 0, '0')
    })

  test('the translations are those of translate, in order, for any number of jobs', async () => {
    const texts = Array.from({ length: 25 }, (_, i) => `J'ai ${i} livres.`)
    const job = await enqueue(texts, { ...options, lines: 4, beams: 2, alternatives: 2 })
    expect(new Set(job.ids).size).toBe(7)
    await using translator = await Translator.load()
    const direct = await translator.translate(texts, { beams: 2, alternatives: 2 })
    const rounded = ({ text, score }: { text: string; score: number | null }) => ({ text, score: score!.toFixed(3) })
    const parts = (all: readonly { alternatives?: readonly { text: string; score: number | null }[] }[]) =>
      all.map(({ alternatives }) => alternatives!.map(rounded))
    const result = await job.result()
    expect(result.map(({ text }) => text)).toEqual(direct.map(({ text }) => text))
    expect(parts(result)).toEqual(parts(direct))
  })

  test('a job that waits is in the list by which deploy/ counts the workers', async () => {
    const autoscaling = readText('deploy/kubernetes/autoscaling.yaml')
    const [, list] = /listName: (.*)/.exec(autoscaling)!
    await enqueue(['Un.', 'Deux.'], { queue: `${redis.url}/1`, lines: 1 })
    const waiting = await redis.asked(async (client) => {
      await client.select(1)
      return client.llen(list!)
    })
    expect(waiting).toBe(2)
  })

  test('the same texts, model and options are one job, and translated once', async () => {
    const texts = ['Le chat dort.', 'Le chien court.']
    const first = await enqueue(texts, { ...options, split: 'never', maxTokens: 20 })
    const result = await first.result()
    const again = await enqueue(texts, { maxTokens: 20, split: 'never', ...options, attempts: 2 })
    expect(again.ids).toEqual(first.ids)
    expect(await again.result()).toEqual(result)
    expect(done.filter(({ id }) => id === first.ids[0])).toHaveLength(1)
    const others = await Promise.all([
      enqueue(texts, { ...options, split: 'never', maxTokens: 21 }),
      enqueue(texts, { ...options, split: 'never', maxTokens: 20, model: 'other' }),
      enqueue([...texts].reverse(), { ...options, split: 'never', maxTokens: 20 }),
    ])
    expect(new Set([first, ...others].map(({ ids }) => ids[0])).size).toBe(4)
  })

  test('a text that the model cannot take has an error, and the others are translated', async () => {
    const long = 'mot '.repeat(3000)
    const [good, wrong] = await (await enqueue(['Merci.', long], { ...options, split: 'never' })).result()
    expect(good).toMatchObject({ text: expect.stringMatching(/thank/i), finishReason: 'end' })
    expect(wrong).toEqual({ text: '', score: null, error: { code: 'ERR_INPUT_TOO_LONG', message: expect.any(String) } })
  })

  test('options that the model does not support make a dead letter, which is retried when it is enqueued again', async () => {
    const job = await enqueue('Bonjour.', { ...options, suppress: [1_000_000] })
    const refusal = { code: 'ERR_JOB', message: expect.stringContaining("option 'suppress' names id 1000000") }
    await expect(job.result()).rejects.toMatchObject(refusal)
    const [letter] = await deadLetters({ queue: redis.url })
    expect(letter).toMatchObject({ id: job.ids[0], attempts: 1, reason: expect.stringMatching(/^ERR_OPTION: /) })
    await enqueue('Bonjour.', { ...options, suppress: [1_000_000] })
    await expect(job.result()).rejects.toMatchObject(refusal)
    expect(await deadLetters({ queue: redis.url })).toHaveLength(1)
    expect(await removeDeadLetters([], { queue: redis.url })).toBe(1)
    expect(await deadLetters({ queue: redis.url })).toEqual([])
  })

  test('the job of a lost worker is done by another, unless the job itself ends workers', async () => {
    await addRaw('of-a-lost-worker', {}, 'active')
    await addRaw('of-many-lost-workers', { stc: '5' }, 'active')
    await expect.poll(() => done.map(({ id }) => id), { timeout: 20_000 }).toContain('of-a-lost-worker')
    await expect
      .poll(() => deadLetters({ queue: redis.url }), { timeout: 20_000 })
      .toMatchObject([
        { id: 'of-many-lost-workers', reason: expect.stringMatching(/^workers were lost with it again and again/) },
      ])
    expect(await retryDeadLetters([], { queue: redis.url })).toBe(1)
    await expect.poll(() => done.map(({ id }) => id), { timeout: 20_000 }).toContain('of-many-lost-workers')
  })

  const damaged: [string, Record<string, string>, RegExp][] = [
    ['no-json', { data: '{"a":' }, /^ERR_JOB: job no-json: the whole must be an object, not null$/],
    ['no-object', { data: '"text"' }, /the whole must be an object, not 'text'/],
    [
      'other-version',
      { data: '{"version":2,"model":"fr-en","first":1,"texts":["a"],"options":{}}' },
      /version must be 1/,
    ],
    [
      'other-model',
      { data: '{"version":1,"model":"en-fr","first":1,"texts":["a"],"options":{}}' },
      /for the model en-fr/,
    ],
    [
      'a-number',
      { data: '{"version":1,"model":"fr-en","first":1,"texts":[5],"options":{}}' },
      /texts must be a list of/,
    ],
    [
      'an-option',
      { data: '{"version":1,"model":"fr-en","first":1,"texts":["a"],"options":{"beams":1e9}}' },
      /options\.beams/,
    ],
    ['a-key', { data: '{"version":1,"model":"fr-en","first":1,"texts":["a"],"options":{},"x":1}' }, /unknown key x/],
  ]

  test('invalid data is a dead letter, and the worker continues', async () => {
    for (const [id, fields] of damaged) await addRaw(id, fields)
    await addRaw('opts-no-json', { opts: '{"a":' })
    await addRaw('opts-no-object', { opts: '7' })
    await expect
      .poll(async () => (await deadLetters({ queue: redis.url })).length, { timeout: 20_000 })
      .toBe(damaged.length)
    const letters = new Map((await deadLetters({ queue: redis.url })).map((letter) => [letter.id, letter]))
    for (const [id, , reason] of damaged) expect(letters.get(id)!.reason).toMatch(reason)
    await expect.poll(() => done.map(({ id }) => id), { timeout: 20_000 }).toContain('opts-no-json')
    await expect.poll(() => done.map(({ id }) => id), { timeout: 20_000 }).toContain('opts-no-object')
    expect((await (await enqueue('Bonsoir.', options)).result())[0]!.text).toMatch(/evening/i)
  })

  test('the command lists dead letters, retries and removes them', async () => {
    const dead = (...args: string[]) => glassformer(['dead', '--queue', redis.url, ...args])
    const listed = await dead()
    const rows = listed.stdout.trimEnd().split('\n')
    expect(rows).toHaveLength(damaged.length)
    expect(rows.find((row) => row.startsWith('a-key\t'))).toMatch(
      /^a-key\t1 attempt\t\d{4}-\d\d-\d\dT[\d:.]+Z\ta\tERR_JOB: job a-key: unknown key x/,
    )
    const missing = await dead('--retry', 'a-key', 'not-there')
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('job not-there is no dead letter') })
    await redis.asked((client) =>
      client.hset(key('a-key'), 'data', '{"version":1,"model":"fr-en","first":1,"texts":["Merci."],"options":{}}'),
    )
    expect(await retryDeadLetters(['a-key'], { queue: redis.url })).toBe(1)
    await expect.poll(() => done.map(({ id }) => id)).toContain('a-key')
    expect(await dead('--remove')).toMatchObject({ code: 0, stderr: 'glassformer: 6 dead letters removed\n' })
    expect(await deadLetters({ queue: redis.url })).toEqual([])
  })

  test.each([
    ['no JSON', '{', 'is no JSON'],
    ['too few', '{"translations":[]}', 'it has 0 translations of 1 texts'],
    ['no texts', '{"translations":[{"text":5}]}', 'translations must be'],
  ])('a wrong stored result is an error, and is computed again: %s', async (name, stored, why) => {
    const job = await enqueue(`Le mot ${name}.`, options)
    const { text } = (await job.result())[0]!
    await redis.asked((client) => client.hset(key(job.ids[0]!), 'returnvalue', stored))
    await expect(job.result()).rejects.toMatchObject({ code: 'ERR_JOB', message: expect.stringContaining(why) })
    expect((await job.result())[0]!.text).toBe(text)
  })

  test('a job that Redis has lost is added again while a caller waits for it', async () => {
    const job = await enqueue('La nuit tombe.', { ...options, model: 'nobody' })
    const waiting = enqueue('La nuit tombe.', options)
    const result = (await waiting).result()
    await redis.asked((client) => client.flushall())
    expect((await result)[0]!.text).toMatch(/night/i)
    const aborted = job.result({ signal: AbortSignal.timeout(50) })
    await expect(aborted).rejects.toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError' })
  })

  test('a process that has enqueued ends by itself, and the bundle needs no node_modules', async () => {
    const scratch = scratchFolder()
    const script = join(scratch, 'enqueue.mjs')
    cpSync(join(root, 'dist/bundle'), join(scratch, 'dist/bundle'), { recursive: true })
    cpSync(join(root, 'package.json'), join(scratch, 'package.json'))
    cpSync(join(root, 'native/sources.json'), join(scratch, 'native/sources.json')) // by which the package knows its folder
    const entry = pathToFileURL(join(scratch, 'dist/bundle/queue.js'))
    writeFileSync(
      script,
      `import { enqueue } from ${JSON.stringify(entry)}
      const job = await enqueue(['Merci beaucoup.'], ${JSON.stringify(options)})
      console.log(job.ids.length, (await job.result()).length)\n`,
    )
    const { stdout, stderr } = await ended(spawn(process.execPath, [script], { timeout: 60_000 }))
    expect(stdout, stderr).toBe('1 1\n')
  })
})
