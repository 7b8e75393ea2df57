import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { WasmHome } from '../../../engine/backend/interface/wasm-surface.ts'
import { createPlayer } from '../../../engine/program/create-player.ts'
import { loadFolder } from '../../../files/folders/load.ts'
import { playerStorage } from '../../../files/folders/packed/player-storage.ts'
import { loadTokenizer } from '../../../files/folders/tokenizers/load-tokenizer.ts'
import { speechDetector } from '../../../sound/speech/detector.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { Assistants } from '../sentences/assistants.ts'
import { Engine } from '../sentences/engine.ts'
import type { Generated, Translation } from '../translation.ts'
import { HearJobs } from './hear-jobs.ts'
import { type ChunkContents, type FromWorker, type Side, type ToWorker, toPlain, type WorkerStart } from './messages.ts'
import { openAssistant } from './open-assistant.ts'
import { fromShared, homeOf, toShared } from './shared-model.ts'
import { mostThreads } from './threads.ts'
import { TraceJobs } from './trace-jobs.ts'
import { WorkerCounts } from './worker-counts.ts'

/** The messages that a worker sends by its port. */
class Outbox {
  readonly port: MessagePort
  /** Messages that are sent together, after the step in which they arose. */
  #messages: FromWorker[] = []

  constructor(port: MessagePort) {
    this.port = port
  }

  send(message: FromWorker): void {
    this.#messages.push(message)
  }

  flush(): void {
    if (this.#messages.length) this.port.postMessage(this.#messages)
    this.#messages = []
  }
}

/** The parts of a worker that run its work, and what it sends. */
interface WorkerState {
  engine: Engine
  traces: TraceJobs
  hearing: HearJobs
  out: Outbox
}

/** Works on this thread: takes work from a port, and reads the port again between any two steps. */
export function work(given: WorkerStart): void {
  const { port } = given
  const out = new Outbox(port)
  start(given, out).then(
    (state) =>
      port.on('message', (messages: ToWorker[]) => {
        takeAll(state, messages)
        run(state)
      }),
    (error) => {
      out.send({ type: 'notStarted', error: toPlain(error) })
      out.flush()
    },
  )
}

async function start({ model, options, threads, counts }: WorkerStart, out: Outbox): Promise<WorkerState> {
  const newPlayer = (home?: WasmHome) =>
    createPlayer({
      backend: options.backend,
      threads: mostThreads(options.threads),
      threadShare: () => Atomics.load(threads, 0),
      home,
    })
  const player = newPlayer(typeof model === 'string' ? undefined : homeOf(model))
  const { precision, tokenizer: named, mapped, adapter } = options
  const storage = { ...playerStorage(player, mapped), precision, tokenizer: named, adapter }
  const loaded = typeof model === 'string' ? loadFolder(model, storage) : fromShared(model, player.mapping)
  const tokenizer = await loadTokenizer(loaded.tokenizer)
  const { batchTokens, assistant } = options
  const assistants = new Assistants(loaded.weights, openAssistant(loaded.path, newPlayer), assistant)
  const engine = new Engine(loaded, tokenizer, player, { batchTokens, counts: new WorkerCounts(counts), assistants })
  out.send({
    type: 'ready',
    info: engine.info,
    model: typeof model === 'string' ? toShared(loaded, player.home) : undefined,
  })
  out.flush()
  return {
    out,
    engine,
    traces: new TraceJobs(loaded, tokenizer, () => newPlayer(player.home)),
    hearing: new HearJobs(loaded, tokenizer, engine),
  }
}

function take(state: WorkerState, message: ToWorker): void {
  const { engine, traces } = state
  if (message.type === 'cancel') {
    engine.cancel(message.request)
    traces.cancel(message.request)
  } else if (message.contents.kind === 'trace') trace(state, message, message.contents)
  else if (message.contents.kind === 'score') score(state, message.chunk, message.contents)
  else if (message.contents.kind === 'encode') encode(state, message.chunk, message.contents)
  else if (message.contents.kind === 'hear') hear(state, message, message.contents)
  else if (message.contents.kind === 'peak') peak(state, message.chunk, message.contents)
  else if (message.contents.kind === 'speech') speech(state, message.chunk, message.contents)
  else if (message.contents.kind === 'generate') generate(state, message, message.contents)
  else translate(state, message, message.contents)
  engine.count()
}

function takeAll(state: WorkerState, messages: readonly ToWorker[]): void {
  for (const message of messages) take(state, message)
}

function encode(
  { engine, out }: WorkerState,
  chunk: number,
  { sources, adapter }: ChunkContents & { kind: 'encode' },
): void {
  let index: number | undefined = 0
  try {
    const ids: number[][] = []
    for (; index < sources.length; index++) ids.push(engine.idsOf(sources[index], 'source'))
    index = undefined // from here on an error is about all of them
    out.send({ type: 'done', chunk, results: engine.encode(ids, adapter) })
  } catch (error) {
    out.send({ type: 'failed', chunk, index, error: toPlain(error) })
  }
}

function generate(
  { engine, out }: WorkerState,
  { chunk, request, turn, acceptedAt }: ToWorker & { type: 'chunk' },
  { sources, settings, stream }: ChunkContents & { kind: 'generate' },
): void {
  const results: Generated[][] = new Array(sources.length)
  let missing = sources.length
  for (let index = 0; index < sources.length; index++) {
    const done = (found: Generated[]) => {
      results[index] = found
      if (--missing === 0) out.send({ type: 'done', chunk, results })
    }
    const fail = (error: unknown) => out.send({ type: 'failed', chunk, index, error: toPlain(error) })
    try {
      engine.generate({
        request,
        turn,
        acceptedAt: index ? undefined : acceptedAt,
        source: sources[index],
        settings: settings[index],
        done,
        fail,
        ...(stream && { prefix: (ids: number[]) => out.send({ type: 'prefix', chunk, index, ids }) }),
      })
    } catch (error) {
      engine.cancel(request)
      return fail(error)
    }
  }
}

function score(
  { engine, out }: WorkerState,
  chunk: number,
  { pairs, adapter }: ChunkContents & { kind: 'score' },
): void {
  let at: { index?: number; side?: Side } = {}
  try {
    const ids = pairs.map((pair, index) => {
      const idsOf = (side: Side) => {
        at = { index, side }
        return engine.idsOf(pair[side], side)
      }
      return { source: idsOf('source'), target: idsOf('target'), adapter }
    })
    at = {} // from here on an error is about all of them
    out.send({ type: 'done', chunk, results: engine.score(ids) })
  } catch (error) {
    out.send({ type: 'failed', chunk, ...at, error: toPlain(error) })
  }
}

function translate(
  { engine, out }: WorkerState,
  { chunk, request, turn, acceptedAt }: ToWorker & { type: 'chunk' },
  { sources, options, stream }: ChunkContents & { kind: 'translate' },
): void {
  const results: Translation[] = new Array(sources.length)
  let missing = sources.length
  const piece = stream ? (text: string) => out.send({ type: 'piece', chunk, text }) : undefined
  for (let index = 0; index < sources.length; index++) {
    const done = (translation: Translation) => {
      results[index] = translation
      if (--missing === 0) out.send({ type: 'done', chunk, results })
    }
    const fail = (error: unknown) => out.send({ type: 'failed', chunk, index, error: toPlain(error) })
    try {
      engine.add({
        request,
        turn,
        acceptedAt: index ? undefined : acceptedAt,
        source: sources[index],
        options,
        done,
        fail,
        piece,
      })
    } catch (error) {
      engine.cancel(request)
      return fail(error)
    }
  }
}

function hear(
  { hearing, engine, out }: WorkerState,
  { chunk, request, turn, acceptedAt }: ToWorker & { type: 'chunk' },
  { window }: ChunkContents & { kind: 'hear' },
): void {
  const fail = (error: unknown) => out.send({ type: 'failed', chunk, index: 0, error: toPlain(error) })
  try {
    hearing.add(window, { request, turn, acceptedAt, fail }, (heard) =>
      out.send({ type: 'done', chunk, results: [heard] }),
    )
  } catch (error) {
    engine.cancel(request)
    fail(error)
  }
}

function peak({ hearing, out }: WorkerState, chunk: number, { stretch }: ChunkContents & { kind: 'peak' }): void {
  out.send({ type: 'done', chunk, results: [hearing.peakOf(stretch)] })
}

/** The probability of speech of each frame; a sound's pieces are told apart by none, so that any worker may have any. */
function speech({ out }: WorkerState, chunk: number, { samples, isLast }: ChunkContents & { kind: 'speech' }): void {
  const detector = speechDetector()
  const found = detector.push(samples)
  const probabilities = isLast ? Float32Array.from([...found, ...detector.end()]) : found
  out.send({ type: 'done', chunk, results: [probabilities] })
}

function trace(
  state: WorkerState,
  { chunk, request }: ToWorker & { type: 'chunk' },
  { source, options, calls }: ChunkContents & { kind: 'trace' },
): void {
  const done = (traced: Trace) => {
    const arrays = Object.values(traced.tensors).map(({ values }) => values.buffer as ArrayBuffer)
    state.out.port.postMessage([{ type: 'done', chunk, results: [traced] }] satisfies FromWorker[], [
      ...new Set(arrays),
    ])
  }
  const fail = (error: unknown) => state.out.send({ type: 'failed', chunk, index: 0, error: toPlain(error) })
  void state.traces.add({ request, source, options, calls, done, fail }).then(() => run(state))
}

/**
 * Takes steps until there is no work. A step that throws is a fault of Glassformer and leaves no usable state: the
 * thread dies, and the pool starts another.
 */
function run(state: WorkerState): void {
  const { engine, traces, out } = state
  while (engine.busy || traces.busy) {
    if (engine.busy) engine.step()
    traces.step()
    out.flush()
    for (let next = receiveMessageOnPort(out.port); next; next = receiveMessageOnPort(out.port))
      takeAll(state, next.message)
    if (traces.loading) {
      setImmediate(() => run(state))
      break
    }
  }
  out.flush()
}
