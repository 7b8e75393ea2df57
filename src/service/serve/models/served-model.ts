import { PoolTranslator } from '../../../use/translate/calls/index.ts'
import type { LoadOptions } from '../../../use/translate/options.ts'
import type { ModelLanguages } from './model-languages.ts'

/** A model of the server, which is loaded when it is asked for first. */
export class ServedModel {
  readonly name: string
  readonly folder: string
  readonly languages: ModelLanguages
  /** Bytes of its weights in memory. */
  readonly memory: number
  /** Whether the server may unload it: a translator that it was given is not its own. */
  readonly isOwn: boolean
  /** Requests that have it in use. */
  users = 0
  /** When it was used last, by the clock of its registry. */
  lastUsed = 0
  /** Whether it is to be unloaded as soon as nobody has it in use. */
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

  /** Null while it is not loaded. */
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
