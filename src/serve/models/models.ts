import { didYouMean } from '../../did-you-mean.ts'
import { GlassformerError } from '../../errors.ts'
import { sizeText } from '../../number-text.ts'
import { onAbort } from '../../translate/on-abort.ts'
import type { PoolTranslator } from '../../translate/pool-translator.ts'
import { aborted } from '../../translate/request.ts'
import type { ServedModel } from './served-model.ts'

/** The models of a server. They are loaded when they are asked for; those that were used longest ago leave where memory is short. */
export class Models {
  readonly list: readonly ServedModel[]
  readonly #budget: number
  readonly #loading = new Map<ServedModel, Promise<void>>()
  /** Ends when the loads before have ended: one model is loaded at a time, so that the budget holds. */
  #turn: Promise<unknown> = Promise.resolve()
  #waiting: (() => void)[] = []
  #clock = 0
  #isClosed = false

  /** `budget`: bytes of weights that may be in memory at once. @throws GlassformerError ERR_MEMORY for a model that is larger by itself */
  constructor(list: readonly ServedModel[], budget: number) {
    for (const { name, memory } of list)
      if (memory > budget)
        throw new GlassformerError(
          'ERR_MEMORY',
          `the model ${name} takes ${sizeText(memory)} by itself, and all models may take ${sizeText(budget)}: give more 'memory', or an int8 model`,
        )
    this.list = list
    this.#budget = budget
  }

  /** The model of a name. @throws GlassformerError ERR_NOT_FOUND */
  named(name: string): ServedModel {
    const found = this.list.find((model) => model.name === name)
    if (found) return found
    const names = this.list.map((model) => model.name)
    throw new GlassformerError(
      'ERR_NOT_FOUND',
      `there is no model ${JSON.stringify(name.slice(0, 100))} here: there are ${names.join(', ')}${didYouMean(name, names)}`,
    )
  }

  /** Bytes of the weights that are in memory. */
  get memory(): number {
    return this.list.reduce((sum, { translator, memory, isOwn }) => sum + (translator && isOwn ? memory : 0), 0)
  }

  /** Loads a model unless it is there. @throws GlassformerError as `Translator.load` */
  async preload(model: ServedModel): Promise<void> {
    await this.use(model, new AbortController().signal, async () => {})
  }

  /**
   * Does work with a model, which stays in memory meanwhile. The signal ends the wait for it.
   * @throws GlassformerError as `Translator.load`, ERR_ABORTED, ERR_CLOSED, and what the work throws
   */
  async use<T>(model: ServedModel, signal: AbortSignal, work: (translator: PoolTranslator) => Promise<T>): Promise<T> {
    const translator = await this.#acquire(model, signal)
    try {
      return await work(translator)
    } finally {
      this.#release(model)
    }
  }

  /** Stops all models that are the server's own; work that is under way fails with ERR_CLOSED. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake()
    await this.#turn
    await Promise.all(this.list.map((model) => model.unload()))
  }

  async #acquire(model: ServedModel, signal: AbortSignal): Promise<PoolTranslator> {
    for (;;) {
      if (this.#isClosed)
        throw new GlassformerError('ERR_CLOSED', 'the server stops: ask another one, or this one later')
      if (model.translator && !model.isLeaving) {
        model.users++
        model.lastUsed = ++this.#clock
        return model.translator
      }
      await unlessAborted(this.#load(model), signal)
    }
  }

  #release(model: ServedModel): void {
    model.users--
    model.lastUsed = ++this.#clock
    if (!model.users) this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #load(model: ServedModel): Promise<void> {
    const before = this.#loading.get(model)
    if (before) return before
    const loading = this.#turn.then(async () => {
      try {
        await this.#makeRoom(model)
        if (!this.#isClosed) await model.load()
      } finally {
        this.#loading.delete(model)
      }
    })
    this.#turn = loading.catch(() => {})
    this.#loading.set(model, loading)
    return loading
  }

  /** Unloads the models that were used longest ago, when their users have done, until the model has room. */
  async #makeRoom(model: ServedModel): Promise<void> {
    while (!this.#isClosed) {
      if (model.translator) {
        model.isLeaving = false // it was to leave for another one, which has had its turn
        return
      }
      if (this.memory + model.memory <= this.#budget) return
      const others = this.list.filter((other) => other !== model && other.isOwn && other.translator)
      const idle = others.filter(({ users }) => !users)
      const [leaving] = (idle.length ? idle : others).toSorted((a, b) => a.lastUsed - b.lastUsed)
      if (!leaving) return
      leaving.isLeaving = true
      if (leaving.users) await new Promise<void>((resolve) => this.#waiting.push(resolve))
      if (leaving.users) continue
      await leaving.unload()
      leaving.isLeaving = false
    }
  }
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(aborted(signal))
  return new Promise((resolve, reject) => {
    const leave = onAbort(signal, () => reject(aborted(signal)))
    promise.then(resolve, reject).finally(leave)
  })
}
