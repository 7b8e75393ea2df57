import { PoolTranslator } from '../../../use/translate/calls/index.ts'
import type { LoadOptions } from '../../../use/translate/options/options.ts'
import type { ModelLanguages } from './model-languages.ts'

/** A model of the server, which is loaded when first used. */
export class ServedModel {
  readonly name: string
  readonly folder: string
  readonly languages: ModelLanguages
  /** Bytes of its weights in memory. */
  readonly memory: number
  /** Whether the server may unload the model: it does not own a translator that it was given. */
  readonly isOwn: boolean
  /** The number of requests that use the model. */
  users = 0
  /** The time of the last use, by the clock of its registry. */
  lastUsed = 0
  /** Whether to unload the model when the last request has finished. */
  isLeaving = false
  readonly #load: LoadOptions
  #translator: PoolTranslator | null

  constructor({
    load = {},
    translator = null,
    ...model
  }: Pick<ServedModel, 'name' | 'folder' | 'languages' | 'memory'> & {
    load?: LoadOptions
    translator?: PoolTranslator | null
  }) {
    this.name = model.name
    this.folder = model.folder
    this.languages = model.languages
    this.memory = model.memory
    this.isOwn = translator === null
    this.#load = load
    this.#translator = translator
  }

  /** Null while the model is not loaded. */
  get translator(): PoolTranslator | null {
    return this.#translator
  }

  /** @throws GlassformerError as `Translator.load` */
  async load(): Promise<PoolTranslator> {
    this.#translator ??= await PoolTranslator.load(this.folder, this.#load)
    return this.#translator
  }

  async unload(): Promise<void> {
    const translator = this.#translator
    if (!this.isOwn || !translator) return
    this.#translator = null
    await translator.close()
  }
}
