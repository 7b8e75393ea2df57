import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { NumberFormat, Player } from '../../engine/backend/interface/backend.ts'
import type { WasmHome } from '../../engine/backend/interface/wasm-surface.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import { loadFolder } from '../../files/folders/load.ts'
import { playerStorage } from '../../files/folders/packed/packed-cache.ts'
import { loadTokenizer } from '../../files/folders/tokenizers/load-tokenizer.ts'
import type { Job, JobKinds, WorkerContext } from '../jobs/job-kind.ts'
import { JobRunner, WorkerParts } from '../jobs/job-runner.ts'
import { type FromWorker, type SharedModel, type ToWorker, toPlain, type WorkerStart } from './messages.ts'
import { modelOpener } from './open-model.ts'
import { fromShared, homeOf, toShared } from './shared-model.ts'
import { mostThreads } from './threads.ts'
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

  /** Sends a message at once, with arrays that are handed over. */
  transfer(message: FromWorker, arrays: readonly ArrayBuffer[]): void {
    this.flush()
    this.port.postMessage([message], [...arrays])
  }

  flush(): void {
    if (this.#messages.length) this.port.postMessage(this.#messages)
    this.#messages = []
  }
}

/** A model as a worker has opened it; `shared` is what other workers begin with. */
export interface OpenedModel<Model = LoadedModel> {
  model: Model
  tokenizer: WorkerContext['tokenizer']
  precision: NumberFormat
  shared: SharedModel
}

/** Opens the model of a worker, from its folder or as another worker has loaded it. */
export type OpenWorkerModel = (
  start: WorkerStart,
  player: Player,
) => OpenedModel<unknown> | Promise<OpenedModel<unknown>>

/** Works on this thread: takes jobs from a port, and reads the port again between any two steps. `open` opens the model that its kinds run. */
export function work(given: WorkerStart, kinds: JobKinds, open: OpenWorkerModel = openTranslating): void {
  const { port } = given
  const out = new Outbox(port)
  start(given, kinds, { out, open }).then(
    (runner) =>
      port.on('message', (messages: ToWorker[]) => {
        takeAll(runner, out, messages)
        run(runner, out)
      }),
    (error) => {
      out.send({ type: 'notStarted', error: toPlain(error) })
      out.flush()
    },
  )
}

async function start(
  given: WorkerStart,
  kinds: JobKinds,
  { out, open }: { out: Outbox; open: OpenWorkerModel },
): Promise<JobRunner> {
  const { model, options, kind, threads, counts } = given
  const newPlayer = (home?: WasmHome) =>
    createPlayer({
      backend: options.backend,
      threads: mostThreads(options.threads),
      threadShare: () => Atomics.load(threads, 0),
      home,
    })
  const player = newPlayer(typeof model === 'string' ? undefined : homeOf(model))
  const opened = await open(given, player)
  // The kinds of an entry run the models that it opens.
  const loaded = opened.model as LoadedModel
  const parts = new WorkerParts()
  const worker: WorkerContext = {
    model: loaded,
    tokenizer: opened.tokenizer,
    player,
    options,
    counts: new WorkerCounts(counts),
    openModel: modelOpener(loaded.path, newPlayer),
    createPlayer: () => newPlayer(player.home),
    part: (make) => parts.of(make, worker),
  }
  const runner = new JobRunner(worker, parts, kinds)
  await runner.prepare(kind)
  out.send({
    type: 'ready',
    info: { ...player.info, precision: opened.precision },
    model: typeof model === 'string' ? opened.shared : undefined,
  })
  out.flush()
  return runner
}

/** Opens a model that translates, hears or goes on with texts. */
async function openTranslating({ model, options }: WorkerStart, player: Player): Promise<OpenedModel> {
  const { precision, tokenizer: named, mapped, adapter } = options
  const storage = { ...playerStorage(player, mapped), precision, tokenizer: named, adapter }
  const loaded = typeof model === 'string' ? loadFolder(model, storage) : fromShared(model, player.mapping)
  return {
    model: loaded,
    tokenizer: await loadTokenizer(loaded.tokenizer),
    precision: loaded.weights.numberFormat,
    shared: toShared(loaded, player.home),
  }
}

function takeAll(runner: JobRunner, out: Outbox, messages: readonly ToWorker[]): void {
  for (const message of messages) {
    if (message.type === 'cancel') runner.cancel(message.request)
    else void runner.begin(message.kind, jobOf(message, out))?.then(() => run(runner, out))
  }
}

/** A chunk as its kind runs it; what it tells becomes messages. */
function jobOf(
  { chunk, request, turn, acceptedAt, contents }: ToWorker & { type: 'chunk' },
  out: Outbox,
): Job<unknown, unknown, unknown> {
  return {
    request,
    turn,
    acceptedAt,
    contents,
    progress: (value) => out.send({ type: 'progress', chunk, value }),
    done: (results, transfer) => {
      const message = { type: 'done', chunk, results } as const
      if (transfer) out.transfer(message, transfer)
      else out.send(message)
    },
    fail: (error, at) => out.send({ type: 'failed', chunk, ...at, error: toPlain(error) }),
  }
}

/**
 * Takes steps until there is no work. A step that throws is a fault of Glassformer and leaves no usable state: the
 * thread dies, and the pool starts another.
 */
function run(runner: JobRunner, out: Outbox): void {
  while (runner.busy) {
    runner.step()
    out.flush()
    for (let next = receiveMessageOnPort(out.port); next; next = receiveMessageOnPort(out.port))
      takeAll(runner, out, next.message)
    if (runner.loading) {
      setImmediate(() => run(runner, out))
      break
    }
  }
  out.flush()
}
