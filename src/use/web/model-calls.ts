import type { BackendInfo, NumberFormat, Player } from '../../engine/backend/interface/backend.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import type { JobKinds, WorkerContext } from '../../workers/jobs/job-kind.ts'
import { JobRunner, WorkerParts } from '../../workers/jobs/job-runner.ts'
import { toPlain } from '../../workers/threads/messages.ts'
import { playerMaker } from './create-player.ts'
import type { LoadProgress, ResolvedWebOptions } from './loading/load-options.ts'
import type { CacheState, CallContents, FromWorker, ModelPlace } from './loading/messages.ts'

/** Passes a message on to the page; `transfer` are arrays that are no longer needed here. */
export type Send = (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void

/** A model as a worker of a page has opened it. */
export interface OpenedModel {
  model: LoadedModel
  tokenizer: Tokenizer | null
  precision: NumberFormat
  /** What the page is told of it; it is cloned. */
  description: unknown
  cache: CacheState
}

/** What a worker of pages does: how it opens a model, and the kinds of its jobs, of which it is prepared for the first. */
export interface PageWork {
  kinds(options: ResolvedWebOptions): JobKinds
  /** @throws GlassformerError as `Translator.load` */
  open(
    place: ModelPlace,
    options: ResolvedWebOptions,
    player: Player,
    progress: (progress: LoadProgress) => void,
  ): Promise<OpenedModel>
}

/** Runs the calls of a page: `step` does a part of them. */
export class ModelCalls {
  readonly #runner: JobRunner
  readonly #send: Send

  private constructor(runner: JobRunner, send: Send) {
    this.#runner = runner
    this.#send = send
  }

  /**
   * Loads a model from its place, and sends 'loaded'.
   * @throws GlassformerError as `Translator.load`
   */
  static async load(
    work: PageWork,
    { model: place, options }: { model: ModelPlace; options: ResolvedWebOptions },
    send: Send,
  ): Promise<ModelCalls> {
    const createPlayer = await playerMaker(options)
    const player = createPlayer()
    const progress = (progress: LoadProgress) => send({ type: 'progress', progress })
    const { model, tokenizer, precision, description, cache } = await work.open(place, options, player, progress)
    const kinds = work.kinds(options)
    const parts = new WorkerParts()
    const worker: WorkerContext = {
      model,
      tokenizer,
      player,
      options,
      openModel: null,
      createPlayer,
      part: (make) => parts.of(make, worker),
    }
    const runner = new JobRunner(worker, parts, kinds)
    await runner.prepare(Object.keys(kinds)[0])
    const info: BackendInfo = { ...player.info, precision }
    send({ type: 'loaded', info, model: description, cache })
    return new ModelCalls(runner, send)
  }

  /** Whether a call waits for a step. */
  get busy(): boolean {
    return this.#runner.busy
  }

  step(): void {
    this.#runner.step()
  }

  /** Begins a call. Resolves when its steps can be taken. */
  async begin(call: number, { kind, ...contents }: CallContents): Promise<void> {
    await this.#runner.begin(kind, {
      request: call,
      contents,
      progress: (text) => this.#send({ type: 'piece', call, text: text as string }),
      done: (results, transfer) => this.#send({ type: 'done', call, results }, transfer),
      fail: (error, at) => this.#send({ type: 'failed', call, ...at, error: toPlain(error) }),
    })
  }

  cancel(call: number): void {
    this.#runner.cancel(call)
  }
}
