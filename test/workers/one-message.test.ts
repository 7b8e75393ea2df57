import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { resolveLoadOptions } from '#dist/use/translate/calls/index.js'
import { Pool } from '#dist/workers/pool/pool.js'
import type { Chunk } from '#dist/workers/requests/chunks.js'
import { readScheduling } from '#dist/workers/requests/scheduling.js'
import type { FromWorker, StartWorkerThread, ToWorker, WorkerStart } from '#dist/workers/threads/messages.js'

/** A worker that has loaded a model of no weights, notes its messages, and answers when it is told. */
class SlowWorker {
  readonly messages: ToWorker[][] = []
  readonly #port: WorkerStart['port']

  constructor({ port, model }: WorkerStart) {
    this.#port = port
    port.on('message', (messages: ToWorker[]) => this.messages.push(messages))
    const ready = { type: 'ready', info: { threads: 1 }, model: { weights: { length: 0 } } }
    port.postMessage([typeof model === 'string' ? ready : { ...ready, model: undefined }])
  }

  /** The chunks that it has got. */
  get given() {
    return this.messages.flat().filter((each) => each.type === 'chunk')
  }

  get chunks(): number[] {
    return this.given.map(({ chunk }) => chunk)
  }

  /** Answers these chunks in one message. */
  answer(...chunks: number[]): void {
    const done = chunks.map((chunk): FromWorker => ({ type: 'done', chunk, results: [chunk] }))
    this.#port.postMessage(done)
  }
}

async function slowPool(workers: number) {
  const started: SlowWorker[] = []
  const start: StartWorkerThread = (given) => {
    started.push(new SlowWorker(given))
    const { port } = given
    return { on: () => {}, ref: () => port.ref(), unref: () => port.unref(), terminate: async () => 0 }
  }
  const { pool } = await Pool.load('', resolveLoadOptions({ workers }), { kind: 'slow', start })
  return { pool, started }
}

const chunkOf = (characters: number): Chunk => ({
  kind: 'slow',
  contents: 'x',
  size: characters,
  characters,
  indices: [0],
})
const ask = (pool: Pool, characters = 50, client = 'one') =>
  pool.submit([chunkOf(characters)], { scheduling: readScheduling({ client }) })

/** Waits for messages between threads, which come after turns of the event loop. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await nextTurn()
}

describe('messages to a worker', () => {
  it('hold all requests that come in one turn of the event loop, whatever runs between them', async () => {
    const { pool, started } = await slowPool(1)
    const asked: Promise<unknown>[] = []
    for (let i = 0; i < 20; i++)
      setImmediate(() => {
        asked.push(ask(pool))
        void Promise.resolve().then(() => asked.push(ask(pool)))
      })
    await settled()
    const [worker] = started
    expect(worker.messages).toHaveLength(1)
    expect(worker.chunks).toHaveLength(40)
    worker.answer(...worker.chunks)
    expect((await Promise.all(asked)).flat()).toEqual(worker.chunks)
    await pool.close()
  })

  it('are one for each turn, and none for a turn without requests', async () => {
    const { pool, started } = await slowPool(1)
    for (let turn = 0; turn < 3; turn++) {
      void ask(pool).catch(() => {})
      void ask(pool).catch(() => {})
      await settled()
    }
    expect(started[0].messages.map(({ length }) => length)).toEqual([2, 2, 2])
    await pool.close()
  })
})

describe('requests of a client, at workers that are slow', () => {
  it('begin in the order in which they came, however long they are and whenever they come', async () => {
    const { pool, started } = await slowPool(2)
    const asked = Array.from({ length: 64 }, () => ask(pool, 1000))
    const answered = new Set<number>()
    for (let round = 0; round < 100; round++) {
      await settled()
      for (const worker of started) {
        const open = worker.chunks.filter((chunk) => !answered.has(chunk))
        const chunk = open[round % open.length]
        answered.add(chunk)
        worker.answer(chunk)
        asked.push(ask(pool, round % 3 ? 100 : 1000))
      }
    }
    // Chunks are numbered as they are handed out, and requests as they come.
    const given = started.flatMap((worker) => worker.given).toSorted((a, b) => a.chunk - b.chunk)
    expect(given.map(({ request }) => request)).toEqual(given.map((_, i) => given[0].request + i))
    expect(given.length).toBeGreaterThan(200)
    for (const each of asked) each.catch(() => {})
    await pool.close()
  })
})
