import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { deadLetters, type EnqueueOptions, enqueue, work } from '#dist/service/queue/index.js'
import { glassformer } from '../../cli/command.ts'
import { noRedis, RedisServer } from './redis-server.ts'

describe('a URL that is not a Redis address', () => {
  test.each<[string, string]>([
    ['http://localhost', 'it begins with http://'],
    ['localhost:6379', 'it begins with localhost:'],
    ['redis://', 'it has no host'],
    ['what', 'it is no URL'],
    ['', 'it is missing'],
    ['redis://localhost/one', "its database is no number: 'one'"],
    ['redis://localhost:0', 'its port'],
    ['redis://localhost/0?family=6', 'nothing may follow'],
    ['redis://:50%@localhost', 'must be written %25'],
  ])("'%s' is refused", async (queue, why) => {
    const refusal = { code: 'ERR_OPTION', message: expect.stringContaining(why) }
    await expect(enqueue('Bonjour.', { queue })).rejects.toMatchObject(refusal)
    await expect(deadLetters({ queue })).rejects.toMatchObject(refusal)
    await expect(work({ queue })).rejects.toMatchObject(refusal)
  })
})

test.each<[EnqueueOptions, string]>([
  [{ lines: 0 }, "option 'lines' must be an integer from 1 to 10000, not 0"],
  [{ beams: 'four' } as never, "option 'beams' must be an integer"],
  [{ beem: 4 } as never, "unknown option 'beem'"],
  [{ attention: true } as never, "unknown option 'attention'"],
  [{ protect: [/x/] } as never, 'a job cannot hold regular expressions'],
  [{ beams: 2, alternatives: 3 }, 'alternatives (3) cannot be more than beams (2)'],
  [{ glossary: { a: '' } }, "option 'glossary', entry 0"],
  [{ model: '' }, "option 'model'"],
])('options %j are refused before Redis is asked', async (options, why) => {
  const queue = 'redis://localhost:1'
  const refusal = { code: 'ERR_OPTION', message: expect.stringContaining(why) }
  await expect(enqueue('Bonjour.', { queue, ...options })).rejects.toMatchObject(refusal)
})

test('values that are not texts are refused', async () => {
  const queue = 'redis://localhost:1'
  await expect(enqueue([1, 2] as never, { queue })).rejects.toMatchObject({ code: 'ERR_INPUT' })
  await expect(enqueue(['a', null] as never, { queue })).rejects.toMatchObject({ code: 'ERR_INPUT' })
})

describe('a server that is not Redis', () => {
  test('a server with another protocol', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const queue = `redis://127.0.0.1:${(server.address() as { port: number }).port}`
    await expect(enqueue('Bonjour.', { queue })).rejects.toMatchObject({
      code: 'ERR_QUEUE',
      message: expect.stringContaining('what answers there is no Redis'),
    })
    server.close()
  })

  test('an unknown host', async () => {
    const queue = 'redis://:secret@nowhere.invalid:7000'
    const refusal = await enqueue('Bonjour.', { queue }).catch((error) => error)
    expect(refusal).toMatchObject({ code: 'ERR_QUEUE', name: 'GlassformerError' })
    expect(refusal.message).toMatch(/^redis:\/\/nowhere\.invalid:7000: /)
  })
})

describe.skipIf(noRedis !== undefined)('a Redis with a password', () => {
  const redis = noRedis === undefined ? RedisServer.start('s/ec:ret') : (undefined as never)

  test.each<[string, (url: string) => string, string]>([
    ['the wrong password', (url) => url.replace('s%2Fec%3Aret', 'wrong'), 'the user or the password is wrong'],
    ['no password', (url) => url.replace(':s%2Fec%3Aret@', ''), 'it asks for a password'],
    ['a database that is not there', (url) => `${url}/16`, 'it has no database of this number'],
  ])('%s is an error that names it', async (_, changed, why) => {
    const { url } = await redis
    const refusal = await enqueue('Bonjour.', { queue: changed(url) }).catch((error) => error)
    expect(refusal).toMatchObject({ code: 'ERR_QUEUE', message: expect.stringContaining(why) })
    expect(refusal.message).not.toMatch(/wrong@|s%2Fec|s\/ec/)
  })

  test('the right one works, and the command reports a wrong one in a line', async () => {
    const { url } = await redis
    expect((await enqueue('Bonjour.', { queue: url })).ids).toHaveLength(1)
    const { code, stderr } = await glassformer(['dead', '--queue', url.replace('s%2Fec%3Aret', 'wrong')])
    expect(stderr).toMatch(/^glassformer: ERR_QUEUE: redis:\/\/127\.0\.0\.1:\d+: the user or the password is wrong\n$/)
    expect(code).toBe(1)
  })
})
