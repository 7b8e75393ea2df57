import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { sizeText } from '../../../base/values/number-text.ts'
import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import { unlessAborted } from '../running/request-end.ts'
import type { ServedModel } from './served-model.ts'

/** A request that waits for a model. */
interface Ticket {
  /** Whether the model counts the request among its users: the model has been loaded. */
  isCounted: boolean
  hasLeft: boolean
}

/** A model that is being loaded, or waits for loading. */
interface Loading {
  tickets: Ticket[]
  done: Promise<PoolTranslator>
}

/**
 * The models of a server. They are loaded when first used; the least recently used ones are unloaded where memory is
 * short.
 */
export class Models {
  readonly list: readonly ServedModel[]
  readonly #budget: number
  readonly #loading = new Map<ServedModel, Loading>()
  /** Resolves when the earlier loads have ended: one model is loaded at a time, so that the budget holds. */
  #turn: Promise<unknown> = Promise.resolve()
  #waiting: (() => void)[] = []
  #clock = 0
  #isClosed = false

  /**
   * `budget`: maximum bytes of weights in memory. @throws GlassformerError ERR_MEMORY for a model that exceeds it alone
   */
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

  /** The model with this name. @throws GlassformerError ERR_NOT_FOUND */
  named(name: string): ServedModel {
    const found = this.list.find((model) => model.name === name)
    if (found) return found
    const names = this.list.map((model) => model.name)
    throw new GlassformerError(
      'ERR_NOT_FOUND',
      `there is no model ${JSON.stringify(name.slice(0, 100))} here: there are ${names.join(', ')}${didYouMean(name, names)}`,
    )
  }

  /** Bytes of the loaded weights. */
  get memory(): number {
    return this.list.reduce((sum, { translator, memory, isOwn }) => sum + (translator && isOwn ? memory : 0), 0)
  }

  /** Loads a model unless it is loaded already. @throws GlassformerError as `Translator.load` */
  async preload(model: ServedModel): Promise<void> {
    await this.use(model, new AbortController().signal, async () => {})
  }

  /**
   * Runs work with a model, which stays in memory meanwhile. The signal ends the wait for it.
   * @throws GlassformerError as `Translator.load`, ERR_ABORTED, ERR_CLOSED, and the errors of the work
   */
  async use<T>(model: ServedModel, signal: AbortSignal, work: (translator: PoolTranslator) => Promise<T>): Promise<T> {
    const translator = await this.#acquire(model, signal)
    const leave = model.enter(translator)
    try {
      return await work(translator)
    } finally {
      leave()
      this.#release(model)
    }
  }

  /**
   * Loads the models in memory again from their folders, one after the other. Work under way ends with the model that it
   * began with. @throws GlassformerError as `Translator.load`; the models that failed stay as they were
   */
  async reload(): Promise<void> {
    for (const model of this.list) {
      const done = this.#turn.then(() => (this.#isClosed || model.isLeaving ? undefined : model.reload()))
      this.#turn = done.catch(() => {})
      await done
    }
  }

  /** Closes all models that the server owns; work in progress fails with ERR_CLOSED. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wake()
    await this.#turn
    await Promise.all(this.list.map((model) => model.unload()))
  }

  async #acquire(model: ServedModel, signal: AbortSignal): Promise<PoolTranslator> {
    if (this.#isClosed) throw closed()
    if (model.translator && !model.isLeaving) {
      this.#enter(model)
      return model.translator
    }
    const loading = this.#loading.get(model) ?? this.#load(model)
    const ticket: Ticket = { isCounted: false, hasLeft: false }
    loading.tickets.push(ticket)
    try {
      return await unlessAborted(loading.done, signal)
    } catch (error) {
      ticket.hasLeft = true
      if (ticket.isCounted) this.#release(model)
      throw error
    }
  }

  #enter(model: ServedModel): void {
    model.users++
    model.lastUsed = ++this.#clock
  }

  #release(model: ServedModel): void {
    model.users--
    model.lastUsed = ++this.#clock
    if (!model.users) this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Loads a model after the earlier loads. Waiting requests use the model before another model may replace it. */
  #load(model: ServedModel): Loading {
    const tickets: Ticket[] = []
    const done = this.#turn.then(async () => {
      try {
        await this.#makeRoom(model)
        if (this.#isClosed) throw closed()
        const translator = await model.load()
        for (const ticket of tickets)
          if (!ticket.hasLeft) {
            ticket.isCounted = true
            this.#enter(model)
          }
        return translator
      } finally {
        this.#loading.delete(model)
      }
    })
    this.#turn = done.catch(() => {})
    const loading = { tickets, done }
    this.#loading.set(model, loading)
    return loading
  }

  /** Unloads the least recently used models, after their users have finished, until the model fits. */
  async #makeRoom(model: ServedModel): Promise<void> {
    while (!this.#isClosed) {
      if (model.translator) {
        model.isLeaving = false // it was to be unloaded for another model, which has been loaded since
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

const closed = () => new GlassformerError('ERR_CLOSED', 'the server stops: ask another one, or this one later')
