import { entryOf } from '../../../base/present.ts'
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
  /** The requests of translators that have been replaced, and of the present one. */
  readonly #uses = new Map<PoolTranslator, number>()
  /** Seconds that the last load took; null before the first. */
  loadSeconds: number | null = null

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
    this.#translator ??= await this.#loaded()
    return this.#translator
  }

  /** Loads a loaded model anew; the former translator is closed after its last request. @throws as `load` */
  async reload(): Promise<void> {
    const before = this.#translator
    if (!this.isOwn || !before) return
    this.#translator = await this.#loaded()
    if (!this.#uses.has(before)) await before.close()
  }

  /** Counts a request that uses a translator of the model; the returned function ends it. */
  enter(translator: PoolTranslator): () => void {
    this.#uses.set(translator, (this.#uses.get(translator) ?? 0) + 1)
    return () => {
      const left = entryOf(this.#uses, translator) - 1
      if (left > 0) return void this.#uses.set(translator, left)
      this.#uses.delete(translator)
      if (this.isOwn && translator !== this.#translator) void translator.close()
    }
  }

  async #loaded(): Promise<PoolTranslator> {
    const begin = performance.now()
    const translator = await PoolTranslator.load(this.folder, this.#load)
    this.loadSeconds = (performance.now() - begin) / 1000
    return translator
  }

  async unload(): Promise<void> {
    const translator = this.#translator
    if (!this.isOwn || !translator) return
    this.#translator = null
    await translator.close()
  }
}
