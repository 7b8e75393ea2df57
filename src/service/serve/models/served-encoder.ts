import type { Encoder } from '../../../use/encode/encoder.ts'
import type { LoadOptions } from '../../../use/translate/options/options.ts'

/** The encoder of a server, which is loaded when it is first asked for. */
export class ServedEncoder {
  readonly name: string
  readonly #load: LoadOptions
  #loading: Promise<Encoder> | null = null

  constructor(name: string, load: LoadOptions) {
    this.name = name
    this.#load = load
  }

  /** @throws GlassformerError as `Encoder.load`; the next request tries again */
  get(): Promise<Encoder> {
    this.#loading ??= import('../../../use/encode/encoder.ts')
      .then(({ Encoder }) => Encoder.load(this.name, this.#load))
      .catch((error: unknown) => {
        this.#loading = null
        throw error
      })
    return this.#loading
  }

  async close(): Promise<void> {
    const encoder = await this.#loading?.catch(() => null)
    await encoder?.close()
  }
}
