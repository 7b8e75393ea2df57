import { syncBuiltinESMExports } from 'node:module'
import { fileURLToPath } from 'node:url'
import threads, { type Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { readFolder } from '#dist/files/folders/load.js'
import { Translator } from '#dist/index.js'
import { resolveTranslateOptions } from '#dist/use/translate/options/resolve-call.js'
import { resolveLoadOptions } from '#dist/use/translate/options/resolve-load-options.js'
import { Pool, type PoolOptions } from '#dist/workers/pool/pool.js'
import { CHUNK_SIZE } from '#dist/workers/requests/chunks.js'
import { threadStarter } from '#dist/workers/threads/same-thread.js'
import { quickest } from './backend-names.ts'
import { lines } from './lines.ts'
import { runScript } from './script.ts'

/** The threads that have been started, in order. */
const workers: Worker[] = []
const remember = (worker: Worker) => workers.push(worker)
beforeEach(() => {
  workers.length = 0
  process.on('worker', remember)
})
afterEach(() => process.off('worker', remember))

const many: string[] = Array(10).fill(lines).flat()
const byDefault = resolveTranslateOptions({}, generationDefaults, readFolder(embeddedFolder()).config)

/** A pool of workers that translate with the embedded model. */
const loadPool = (options: PoolOptions) =>
  Pool.load(embeddedFolder(), options, {
    kind: 'translate',
    start: threadStarter(new URL('../../../dist/use/worker/worker-entry.js', import.meta.url)),
  })

describe('the pool of workers', () => {
  it('starts one to load, and others when there is work for them', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 3 })
    expect(workers).toHaveLength(1)
    await translator.translate(lines[0])
    expect(workers).toHaveLength(1)
    await translator.translate(many, { beams: 1 })
    expect(workers).toHaveLength(3)
  })

  it('repeats the work of a worker that died, with the same translations', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 2 })
    const alone = await translator.translate(lines, { beams: 4 })
    const first = translator.translate(lines[2], { beams: 4 })
    const second = translator.translate(many, { beams: 4 })
    await vi.waitUntil(() => workers.length === 2)
    await workers[1].terminate()
    expect((await first).text).toBe(alone[2].text)
    expect((await second).map(({ text }) => text)).toEqual(
      Array(10)
        .fill(alone.map(({ text }) => text))
        .flat(),
    )
    expect(workers).toHaveLength(3)
    expect(translator.statistics()).toMatchObject({ workerDeaths: 1, openTexts: 0, requests: { failed: 0 } })
  })

  it('repeats the work of its only worker when it died, and does the work that waited', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
    await workers[0].terminate()
    expect((await translator.translate('Oui.')).text).toBe('Yes.')
    const texts = Array(5).fill('Il pleut. '.repeat(200)) // as much as a worker takes, and more
    const translating = translator.translate(texts, { split: 'always', beams: 1 })
    const waiting = translator.translate('Oui.')
    await workers[1].terminate()
    expect(await translating).toHaveLength(5)
    expect((await waiting).text).toBe('Yes.')
    expect(workers).toHaveLength(3)
  })

  it('takes turns: a short request does not wait for all of a long one', async () => {
    const options = resolveLoadOptions({ backend: quickest, threads: 1, workers: 1 })
    const { pool } = await loadPool(options)
    const contents = { sources: ['Oui.'], options: byDefault, stream: false }
    const chunks = Array.from({ length: 40 }, (_, index) => ({
      kind: 'translate',
      contents,
      size: CHUNK_SIZE,
      characters: 4,
      indices: [index],
    }))
    let done = 0
    const long = new Promise<void>((resolve, reject) => {
      pool.add({ number: 0, chunks, done: () => ++done === 40 && resolve(), fail: reject })
    })
    const doneBefore = new Promise<number>((resolve, reject) => {
      pool.add({
        number: 1,
        chunks: [{ kind: 'translate', contents, size: CHUNK_SIZE, characters: 4, indices: [0] }],
        done: () => resolve(done),
        fail: reject,
      })
    })
    expect(await doneBefore).toBeLessThan(20)
    await long
    await pool.close()
  })

  it('continues with the present workers if no other can be started, and reports when there is none', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 3 })
    const { Worker } = threads
    threads.Worker = class {
      constructor() {
        throw new Error('EAGAIN')
      }
    } as unknown as typeof Worker
    syncBuiltinESMExports()
    try {
      expect(await translator.translate(many, { beams: 1 })).toHaveLength(many.length)
      expect(workers).toHaveLength(1)
      await workers[0].terminate()
      const refused = { code: 'ERR_WORKER', message: 'a worker thread cannot be started: EAGAIN' }
      await expect(translator.translate('Oui.')).rejects.toMatchObject(refused)
    } finally {
      threads.Worker = Worker
      syncBuiltinESMExports()
    }
    expect((await translator.translate('Oui.')).text).toBe('Yes.')
  })

  it('reports what Node.js needs if it may not start threads', async () => {
    const permission = ['--permission', '--experimental-permission'].find((flag) =>
      process.allowedNodeEnvironmentFlags.has(flag),
    )
    const code = 'await Translator.load().catch(({ code, message }) => console.log(code, message))'
    const { stdout } = await runScript(code, { NODE_OPTIONS: `${permission} --allow-fs-read=*` })
    expect(stdout).toBe('ERR_WORKER a worker thread cannot be started: node --permission needs --allow-worker for it\n')
  })

  it('gives up a request at which workers die, gives the reason, and continues', async () => {
    const options = resolveLoadOptions({ backend: quickest, threads: 1, workers: 1 })
    const { pool } = await loadPool(options)
    const translate = (source: string, suppress: number[]) =>
      new Promise((resolve, reject) => {
        const job = { ...byDefault, generation: { ...generationDefaults, suppress } }
        const contents = { sources: [source], options: job, stream: false }
        pool.add({
          number: 0,
          chunks: [{ kind: 'translate', contents, size: 1, characters: 1, indices: [0] }],
          done: (_, [result]) => resolve(result),
          fail: reject,
        })
      })
    // The Translator refuses an id outside the vocabulary; here it reaches the decoder.
    await expect(translate('Oui.', [1e6])).rejects.toMatchObject({
      code: 'ERR_WORKER',
      message: expect.stringMatching(/^a worker thread died: .*1000000.*; 5 workers have died of this request/),
    })
    expect(await translate('Oui.', [])).toMatchObject({ text: 'Yes.' })
    expect(workers).toHaveLength(6)
    await pool.close()
  })

  it('names the source that cannot be translated, and continues with other requests', async () => {
    await using translator = await Translator.load(undefined, { backend: quickest, workers: 1 })
    const long = 'Il pleut. '.repeat(200)
    const options = { split: 'never' } as const
    await expect(translator.translate([...lines, long, ...many], options)).rejects.toMatchObject({
      code: 'ERR_INPUT_TOO_LONG',
      message: expect.stringMatching(new RegExp(`^source ${lines.length}: a source of`)),
      cause: expect.objectContaining({ message: expect.stringMatching(/^a source of/) }),
    })
    expect(() => translator.translateSync([...lines, long], options)).toThrow(`source ${lines.length}: a source of`)
    await expect(translator.translate(long, options)).rejects.toThrow(/^a source of/)
    const pair = { source: 'Oui.', target: 'Yes.' }
    await expect(translator.score([pair, { ...pair, target: long }])).rejects.toThrow(/^target 1: a target of/)
    await expect(translator.score([pair, { ...pair, source: long }])).rejects.toThrow(/^source 1: a source of/)
    await expect(translator.score([pair, pair, { ...pair, target: [12000] }])).rejects.toThrow(/^target 2: id 12000/)
    await expect(translator.score([{ ...pair, target: long }])).rejects.toThrow(/^a target of/)
    expect((await translator.translate('Oui.')).text).toBe('Yes.')
  })

  it('a target that is a text needs a tokenizer, and the message names the target', async () => {
    const folder = fileURLToPath(new URL('../../golden/hub/marian-f16/model', import.meta.url))
    await using ids = await Translator.load(folder, { backend: quickest, workers: 1 })
    const scored = ids.score([{ source: [5], target: 'Yes.' }])
    await expect(scored).rejects.toThrow(/ has no tokenizer: give the target as ids, not as a text$/)
  })
})
