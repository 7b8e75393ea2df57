/** The thread that translates. It takes work from its port, and reads the port again between any two steps. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { loadFolder } from '../folders/load.ts'
import { createTokenizer } from '../folders/tokenizer-files.ts'
import { createPlayer } from '../program/create-player.ts'
import { wantsPanels } from '../weights/precision.ts'
import { Engine } from './engine.ts'
import { type ChunkContents, type FromWorker, type Side, type ToWorker, toPlain, type WorkerStart } from './messages.ts'
import { fromShared, toShared } from './shared-model.ts'
import { mostThreads } from './threads.ts'
import type { Translation } from './translation.ts'

const port = parentPort!
const send = (message: FromWorker) => port.postMessage(message)

function start({ model, options, threads }: WorkerStart): Engine {
  const player = createPlayer({
    backend: options.backend,
    threads: mostThreads(options.threads),
    share: () => Atomics.load(threads, 0),
  })
  const storage = { precision: options.precision, panels: wantsPanels(player.info), packing: player.packing }
  const loaded = typeof model === 'string' ? loadFolder(model, storage) : fromShared(model)
  const engine = new Engine(loaded, createTokenizer(loaded.tokenizer), player, options.batchTokens)
  send({ type: 'ready', info: engine.info, model: typeof model === 'string' ? toShared(loaded) : undefined })
  return engine
}

function take(engine: Engine, message: ToWorker): void {
  if (message.type === 'cancel') engine.cancel(message.request)
  else if (message.contents.kind === 'score') score(engine, message.chunk, message.contents)
  else translate(engine, message, message.contents)
}

function score(engine: Engine, chunk: number, { pairs }: ChunkContents & { kind: 'score' }): void {
  let at: { index?: number; side?: Side } = {}
  try {
    const ids = pairs.map((pair, index) => {
      const idsOf = (side: Side) => {
        at = { index, side }
        return engine.idsOf(pair[side], side)
      }
      return { source: idsOf('source'), target: idsOf('target') }
    })
    at = {} // from here on an error is about all of them
    send({ type: 'done', chunk, results: engine.score(ids) })
  } catch (error) {
    send({ type: 'failed', chunk, ...at, error: toPlain(error) })
  }
}

function translate(
  engine: Engine,
  { chunk, request }: ToWorker & { type: 'chunk' },
  { sources, options, stream }: ChunkContents & { kind: 'translate' },
): void {
  const results: Translation[] = new Array(sources.length)
  let missing = sources.length
  const piece = stream ? (text: string) => send({ type: 'piece', chunk, text }) : undefined
  for (let index = 0; index < sources.length; index++) {
    const done = (translation: Translation) => {
      results[index] = translation
      if (--missing === 0) send({ type: 'done', chunk, results })
    }
    const fail = (error: unknown) => send({ type: 'failed', chunk, index, error: toPlain(error) })
    try {
      engine.add({ request, source: sources[index], options, done, fail, piece })
    } catch (error) {
      engine.cancel(request)
      return fail(error)
    }
  }
}

/**
 * Takes steps until there is no work. A step that throws is a fault of Glassformer and leaves no usable state: the thread dies, and the
 * pool starts another.
 */
function run(engine: Engine, first: ToWorker): void {
  take(engine, first)
  while (engine.busy) {
    engine.step()
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) take(engine, next.message)
  }
}

try {
  const engine = start(workerData as WorkerStart)
  port.on('message', (message: ToWorker) => run(engine, message))
} catch (error) {
  send({ type: 'notStarted', error: toPlain(error) })
}
