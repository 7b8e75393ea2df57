import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { sizeText } from '../../../base/number-text.ts'
import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import { aborted, onAbort } from '../../../use/translate/pool/index.ts'
import type { ServedModel } from './served-model.ts'

/** One who waits for a model. */
interface Ticket {
  /** Whether the model counts it among its users: the model has been loaded. */
  isCounted: boolean
  hasLeft: boolean
}

/** A model that is being loaded, or waits for its turn. */
interface Loading {
  tickets: Ticket[]
  done: Promise<PoolTranslator>
}

/** The models of a server. They are loaded when they are asked for; those that were used longest ago leave where memory is short. */
export class Models {
  readonly list: readonly ServedModel[]
  readonly #budget: number
  readonly #loading = new Map<ServedModel, Loading>()
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

  /** Loads a model when it is its turn. Whoever has waited for it has it in use before another one may take its room. */
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

const closed = () => new GlassformerError('ERR_CLOSED', 'the server stops: ask another one, or this one later')

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(aborted(signal))
  return new Promise((resolve, reject) => {
    const leave = onAbort(signal, () => reject(aborted(signal)))
    promise.then(resolve, reject).finally(leave)
  })
}
