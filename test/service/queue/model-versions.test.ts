import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { modelDigest } from '#dist/files/folders/layout/model-digest.js'
import { enqueue, type QueueWorker, work } from '#dist/service/queue/index.js'
import { scratchFolder } from '../../formats/raw-safetensors.ts'
import { root } from '../../repository/repository.ts'
import { noRedis, RedisServer } from './redis-server.ts'

const scratch = scratchFolder()

/** A model named `model` that is another one by what it says of its translations' length. */
function version(name: string, maxLength: number): string {
  const folder = join(scratch, name, 'model')
  mkdirSync(folder, { recursive: true })
  cpSync(join(root, 'models/fr-en'), folder, { recursive: true })
  const path = join(folder, 'generation_config.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), max_length: maxLength }))
  return folder
}

test('the digest of a model is that of its files, not of its place or its README', async () => {
  const [one, other] = [version('digest-one', 40), version('digest-other', 41)]
  const copy = join(scratch, 'digest-copy')
  cpSync(one, copy, { recursive: true })
  writeFileSync(join(copy, 'README.md'), 'another text')
  expect(await modelDigest(copy)).toBe(await modelDigest(one))
  expect(await modelDigest(other)).not.toBe(await modelDigest(one))
})

describe.skipIf(noRedis !== undefined)('a new model with the name of an old one', () => {
  const started: QueueWorker[] = []
  afterAll(() => Promise.all(started.map((each) => each.close())))

  async function worker(url: string, model: string, done: string[] = []): Promise<QueueWorker> {
    const load = { queue: url, model, workers: 1, threads: 1, stalledAfter: 1 }
    const made = await work(load, { done: ({ id }) => done.push(id) })
    started.push(made)
    return made
  }

  const text = 'Le chat dort sur la table du salon depuis ce matin.'

  test("translates the old one's texts again", async () => {
    const { url } = await RedisServer.start()
    const [long, short] = [version('old', 100), version('new', 4)]
    const options = { queue: url, model: 'model', beams: 1 }
    const old = await worker(url, long)
    const first = await enqueue(text, options)
    const [{ text: whole }] = await first.result()
    expect((await enqueue(text, options)).ids).toEqual(first.ids)
    await old.close()
    expect((await enqueue(text, options)).ids).toEqual(first.ids) // nobody has another one yet
    await worker(url, short)
    const second = await enqueue(text, options)
    expect(second.ids).not.toEqual(first.ids)
    const [{ text: cut }] = await second.result()
    expect(cut.length).toBeLessThan(whole.length / 2)
  })

  test('gets the jobs for its digest while workers with the old one exist', async () => {
    const { url } = await RedisServer.start()
    const [ofOld, ofNew]: string[][] = [[], []]
    await worker(url, version('rolled', 100), ofOld)
    await worker(url, version('rolling', 4), ofNew)
    const options = { queue: url, model: 'model', beams: 1, lines: 1 }
    const job = await enqueue(
      Array.from({ length: 12 }, (_, i) => `${text} ${i}`),
      options,
    )
    const results = await job.result()
    expect(results.map(({ finishReason }) => finishReason)).toEqual(Array(12).fill('length'))
    expect([ofOld, ofNew.length]).toEqual([[], 12])
  })

  test('a job whose model no worker has any more is done by the existing workers', async () => {
    const { url } = await RedisServer.start()
    const options = { queue: url, model: 'model', beams: 1 }
    const old = await worker(url, version('gone', 100))
    await old.close()
    const job = await enqueue(text, options)
    await worker(url, version('left', 4))
    expect((await job.result())[0]).toMatchObject({ finishReason: 'length' })
  })

  test("a job enqueued before the first worker needs this machine's model", async () => {
    const { url } = await RedisServer.start()
    const model = version('local', 50)
    const before = await enqueue(text, { queue: url, model, beams: 1 })
    await worker(url, model)
    expect((await enqueue(text, { queue: url, model: 'model', beams: 1 })).ids).toEqual(before.ids)
  })
})
