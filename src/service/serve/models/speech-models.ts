import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { Transcriber } from '../../../use/transcribe/transcriber.ts'
import type { LoadOptions } from '../../../use/translate/options/options.ts'
import { unlessAborted } from '../running/request-end.ts'

/** Names that OpenAI's clients ask for: the first model answers to them. */
const OF_OPENAI = ['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe']

/** A model of speech, which is loaded when it is first asked for, and stays in memory. */
export class SpeechModel {
  readonly name: string
  readonly folder: string
  readonly load: LoadOptions

  constructor({ name, folder, load }: Pick<SpeechModel, 'name' | 'folder' | 'load'>) {
    this.name = name
    this.folder = folder
    this.load = load
  }
}

/** The models of a server that write down what is said. */
export class SpeechModels {
  readonly list: readonly SpeechModel[]
  readonly #loaded = new Map<SpeechModel, Promise<Transcriber>>()
  readonly #ready = new Set<SpeechModel>()
  #isClosed = false

  constructor(list: readonly SpeechModel[]) {
    this.list = list
  }

  /**
   * The model with this name, with or without the owner before it; the first one without a name, or under a name of
   * OpenAI. @throws GlassformerError ERR_NOT_FOUND
   */
  named(name: string | undefined): SpeechModel {
    if (!this.list.length)
      throw new GlassformerError(
        'ERR_NOT_FOUND',
        'this server has no model of speech: glassformer serve --model openai/whisper-base',
      )
    if (name === undefined) return this.list[0]
    const found =
      this.list.find((model) => model.name === name) ?? this.list.find((model) => plain(model.name) === name)
    if (found) return found
    if (OF_OPENAI.includes(name)) return this.list[0]
    const names = this.list.map((model) => model.name)
    throw new GlassformerError(
      'ERR_NOT_FOUND',
      `there is no model of speech ${JSON.stringify(name.slice(0, 100))} here: there are ${names.join(', ')}${didYouMean(name, names)}`,
    )
  }

  /** Whether the first model is in memory, or there is none. */
  get isReady(): boolean {
    return !this.list.length || this.#ready.has(this.list[0])
  }

  /** Loads a model unless it is loaded. The signal ends the wait. @throws GlassformerError as `Transcriber.load` */
  async loaded(model: SpeechModel, signal: AbortSignal): Promise<Transcriber> {
    if (this.#isClosed) throw new GlassformerError('ERR_CLOSED', 'the server has been closed')
    return unlessAborted(this.#loaded.get(model) ?? this.#load(model), signal)
  }

  /** Runs work with a model. @throws GlassformerError the errors of loading and of the work */
  async use<T>(model: SpeechModel, signal: AbortSignal, work: (transcriber: Transcriber) => Promise<T>): Promise<T> {
    return work(await this.loaded(model, signal))
  }

  /** Loads the first model. @throws GlassformerError as `Transcriber.load` */
  async start(): Promise<void> {
    if (this.list.length) await this.loaded(this.list[0], new AbortController().signal)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const loaded = await Promise.allSettled(this.#loaded.values())
    await Promise.all(loaded.map((each) => each.status === 'fulfilled' && each.value.close()))
  }

  #load(model: SpeechModel): Promise<Transcriber> {
    const loading = Transcriber.load(model.folder, model.load)
    this.#loaded.set(model, loading)
    loading.then(
      () => this.#ready.add(model),
      () => this.#loaded.delete(model), // the next request tries again
    )
    return loading
  }
}

const plain = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
