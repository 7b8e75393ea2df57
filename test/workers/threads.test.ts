import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { MessageChannel, Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import { readFolder } from '#dist/files/folders/load.js'
import { resolveTranslateOptions } from '#dist/use/translate/options/resolve-call.js'
import { resolveLoadOptions } from '#dist/use/translate/options/resolve-load-options.js'
import type { FromWorker, ToWorker, WorkerStart } from '#dist/workers/threads/messages.js'
import { mostThreads, threadsOf } from '#dist/workers/threads/threads.js'
import { WorkerCounts } from '#dist/workers/threads/worker-counts.js'
import { nativeReasons } from '../backends.ts'

describe('threads of a worker', () => {
  it.each([
    [1, 0, 1],
    [1, 1, 1],
    [2, 0, 2],
    [2, 1, 2],
    [2, 2, 1],
    [2, 3, 1],
    [4, 1, 4],
    [4, 2, 2],
    [4, 3, 1],
    [6, 2, 3],
    [64, 1, 4],
    [64, 16, 4],
    [64, 32, 2],
    [64, 64, 1],
  ])('%i cores, %i busy workers: %i each', (cores, busy, threads) => {
    expect(threadsOf('auto', busy, cores)).toBe(threads)
  })

  it("are the user's number, whatever the load", () => {
    for (const busy of [0, 1, 2, 9]) expect(threadsOf(3, busy, 8)).toBe(3)
    expect(mostThreads(3, 8)).toBe(3)
  })

  it('are never more than for a worker that is busy alone', () => {
    for (let cores = 1; cores <= 16; cores++)
      for (let busy = 1; busy <= cores; busy++) {
        expect(threadsOf('auto', busy, cores)).toBeLessThanOrEqual(mostThreads('auto', cores))
        expect(busy * threadsOf('auto', busy, cores)).toBeLessThanOrEqual(cores)
      }
  })

  it('follow the load unless they are set, and there are then as many workers as cores', () => {
    const chosen = resolveLoadOptions({})
    expect(chosen.threads).toBe('auto')
    expect(resolveLoadOptions({ threads: 'auto' })).toEqual(chosen)
    expect(resolveLoadOptions({ threads: 1 })).toEqual({ ...chosen, threads: 1 })
    expect(resolveLoadOptions({ threads: chosen.workers })).toMatchObject({ threads: chosen.workers, workers: 1 })
    expect(resolveLoadOptions({ threads: 'auto', workers: 1 })).toMatchObject({ threads: 'auto', workers: 1 })
  })
})

describe.skipIf(nativeReasons.length || availableParallelism() < 2 || !existsSync('/proc/self/status'))(
  'a worker',
  () => {
    const threadsOfProcess = () => Number(/Threads:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])

    it('run on the number of threads that is set before each run, with the same results', async () => {
      const threads = new Int32Array(new SharedArrayBuffer(4)).fill(1)
      const { port1, port2 } = new MessageChannel()
      const workerData: WorkerStart = {
        model: embeddedFolder(),
        options: resolveLoadOptions({ backend: 'native', threads: 'auto' }),
        kind: 'translate',
        threads,
        counts: new WorkerCounts().memory,
        port: port2,
      }
      const worker = new Worker(new URL('../../dist/use/worker/worker-entry.js', import.meta.url), {
        workerData,
        transferList: [port2],
      })
      const next = () => new Promise<FromWorker>((resolve) => port1.once('message', ([message]) => resolve(message)))
      const options = resolveTranslateOptions({}, generationDefaults, readFolder(embeddedFolder()).config)
      const translated = async (chunk: number) => {
        const contents = { sources: ['Je suis étudiant.'], options, stream: false }
        port1.postMessage([
          { type: 'chunk', chunk, request: chunk, turn: { request: chunk }, kind: 'translate', contents },
        ] satisfies ToWorker[])
        const message = await next()
        return message.type === 'done' && message.results
      }
      try {
        expect(await next()).toMatchObject({ type: 'ready', info: { threads: mostThreads('auto') } })
        const before = threadsOfProcess()
        const results = await translated(1)
        expect(results).toMatchObject([{ text: 'I am a student.' }])
        expect(threadsOfProcess()).toBe(before)
        threads[0] = 2
        expect(await translated(2)).toEqual(results)
        expect(threadsOfProcess()).toBe(before + 1)
      } finally {
        await worker.terminate()
      }
    })
  },
)
