/** The thread that translates: takes work from its port, and looks at the port again between any two steps. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { createPlayer } from '../backend/create-player.ts'
import { loadFolder } from '../folders/load.ts'
import { createTokenizer } from '../folders/tokenizer-files.ts'
import { Engine } from './engine.ts'
import { type FromWorker, type ToWorker, toPlain, type Work, type WorkerStart } from './messages.ts'
import { fromShared, toShared } from './shared-model.ts'
import type { Translation } from './translation.ts'

const port = parentPort!
const send = (message: FromWorker) => port.postMessage(message)

function start({ model, options }: WorkerStart): Engine {
  const loaded = typeof model === 'string' ? loadFolder(model) : fromShared(model)
  const engine = new Engine(loaded, createTokenizer(loaded.tokenizer), createPlayer(options), options.batchTokens)
  send({ type: 'ready', info: engine.info, model: typeof model === 'string' ? toShared(loaded) : undefined })
  return engine
}

function take(engine: Engine, message: ToWorker): void {
  if (message.type === 'cancel') return engine.cancel(message.unit)
  const { unit, work } = message
  try {
    if (work.kind === 'score') send({ type: 'scores', unit, scores: engine.score(work.pairs) })
    else translate(engine, unit, work)
  } catch (error) {
    send({ type: 'failed', unit, error: toPlain(error) })
  }
}

function translate(engine: Engine, unit: number, { sources, options, stream }: Work & { kind: 'translate' }): void {
  const translations: Translation[] = []
  let missing = sources.length
  sources.forEach((source, index) => {
    const done = (translation: Translation) => {
      translations[index] = translation
      if (--missing === 0) send({ type: 'translations', unit, translations })
    }
    const piece = stream ? (text: string) => send({ type: 'piece', unit, text }) : undefined
    try {
      engine.add({ group: unit, source, options, done, piece })
    } catch (error) {
      missing = -1 // nothing more of this unit is reported
      engine.cancel(unit)
      send({ type: 'failed', unit, index, error: toPlain(error) })
    }
  })
}

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
  send({ type: 'failed', error: toPlain(error) })
}
