import { loadTokenizer } from '../../files/folders/tokenizers/load-tokenizer.ts'
import type { JobKinds, WorkerContext } from '../../workers/jobs/job-kind.ts'
import { JobRunner, WorkerParts } from '../../workers/jobs/job-runner.ts'
import { toPlain } from '../../workers/threads/messages.ts'
import { score, trace, translate } from '../translate/for-web-worker.ts'
import { modelInfo } from '../translate/options/model-info.ts'
import { playerMaker } from './create-player.ts'
import type { ResolvedWebOptions } from './loading/load-options.ts'
import type { CallContents, FromWorker, ModelPlace } from './loading/messages.ts'
import { readModel } from './loading/read-model.ts'

/** Passes a message on to the translator; `transfer` are arrays that are no longer needed here. */
export type Send = (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void

const kinds: JobKinds = {
  translate: async () => translate,
  score: async () => score,
  trace: async () => trace,
}

/** Runs the calls of a translator: `step` does a part of them. */
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
  static async load(place: ModelPlace, options: ResolvedWebOptions, send: Send): Promise<ModelCalls> {
    const createPlayer = await playerMaker(options)
    const player = createPlayer()
    const { model, cache } = await readModel(place, options, player, (progress) => send({ type: 'progress', progress }))
    const parts = new WorkerParts()
    const worker: WorkerContext = {
      model,
      tokenizer: await loadTokenizer(model.tokenizer),
      player,
      options,
      openModel: null,
      createPlayer,
      part: (make) => parts.of(make, worker),
    }
    const runner = new JobRunner(worker, parts, kinds)
    await runner.prepare('translate')
    const info = { ...player.info, precision: model.weights.numberFormat }
    send({ type: 'loaded', info, model: modelInfo(model), cache })
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
