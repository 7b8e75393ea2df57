import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { enqueue, work } from '#dist/service/queue/index.js'
import { ended, start } from '../../cli/command.ts'
import { noRedis, RedisServer } from './redis-server.ts'

describe.skipIf(noRedis !== undefined)('the port of a worker', () => {
  test('reports that it is alive and takes jobs, with metrics of its jobs, its model and its queue', async () => {
    const redis = await RedisServer.start()
    await using worker = await work({ queue: redis.url, workers: 1, threads: 1, port: 0, stalledAfter: 2 })
    const asked = async (path: string, method = 'GET') => {
      const response = await fetch(`http://127.0.0.1:${worker.port}${path}`, { method })
      return { status: response.status, body: await response.text() }
    }
    expect(await asked('/health')).toEqual({ status: 200, body: '{"status":"ok"}\n' })
    expect(await asked('/ready')).toEqual({ status: 200, body: '{"status":"ready"}\n' })
    expect((await asked('/')).status).toBe(404)
    expect((await asked('/health', 'POST')).status).toBe(405)

    await (await enqueue(['Merci.', 'Bonjour.'], { queue: redis.url, lines: 1, beams: 1 })).result()
    const wrong = await enqueue('Bonsoir.', { queue: redis.url, suppress: [1_000_000] })
    await expect(wrong.result()).rejects.toMatchObject({ code: 'ERR_JOB' })
    const { status, body } = await asked('/metrics')
    expect(status).toBe(200)
    for (const line of [
      'glassformer_jobs_total{end="done",model="fr-en"} 2',
      'glassformer_jobs_total{end="dead",model="fr-en"} 1',
      'glassformer_job_texts_total{model="fr-en"} 2',
      'glassformer_jobs{state="dead",model="fr-en"} 1',
      'glassformer_jobs{state="waiting",model="fr-en"} 0',
      'glassformer_redis_up{model="fr-en"} 1',
      'glassformer_sentences_total{model="fr-en"} 2',
    ])
      expect(body.split('\n')).toContain(line)

    await redis.stop()
    await expect.poll(() => asked('/ready')).toEqual({ status: 503, body: '{"status":"not ready"}\n' })
    expect((await asked('/health')).status).toBe(200)
    expect((await asked('/metrics')).body).toContain('glassformer_redis_up{model="fr-en"} 0')
    await redis.start()
    await expect.poll(async () => (await asked('/ready')).status, { timeout: 10_000 }).toBe(200)
  })

  test('prints its address, and a port in use is an error', async () => {
    const { url } = await RedisServer.start()
    const child = start(['work', '--queue', url, '--workers', '1', '--threads', '1', '--port', '0'])
    const end = ended(child)
    let said = ''
    while (!said.includes('/metrics')) said += String((await once(child.stderr!, 'data'))[0])
    const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\/metrics/.exec(said)!
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    await expect(work({ queue: url, port: Number(port), workers: 1, threads: 1 })).rejects.toMatchObject({
      code: 'ERR_OPTION',
      message: expect.stringContaining(`cannot listen at 127.0.0.1:${port}`),
    })
    child.kill('SIGTERM')
    expect((await end).code).toBe(0)
  })
})
