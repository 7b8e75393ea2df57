import type { EncoderDescription } from '../../../files/folders/encoders/read-encoder-folder.ts'
import { EncoderCalls } from '../../encode/encoder-calls.ts'
import type { Loaded } from '../load-in-worker.ts'
import { loadPageModel } from '../load-page-model.ts'
import type { LoadOptions } from '../loading/load-options.ts'
import type { CacheState } from '../loading/messages.ts'
import type { PickedFile } from '../loading/picked-files.ts'
import { PagePool } from '../page-pool.ts'

/**
 * An encoder in a worker of the page, or on the calling thread where there are no workers. Its methods are those of
 * `Encoder` in Node.js; `priority` and `client` have no effect here.
 */
export class Encoder extends EncoderCalls {
  /** Whether the browser keeps the model's files for the next time. */
  readonly cache: CacheState

  private constructor({ worker, info, model, cache }: Loaded<EncoderDescription>) {
    super(new PagePool(worker), info, model)
    this.cache = cache
  }

  /**
   * Loads an encoder, or a folder of sentence-transformers, by the URL of its folder, which may be relative to the page,
   * or from files that the user of the page has picked or dropped.
   * @throws GlassformerError ERR_NETWORK if a server cannot be reached or refuses; ERR_FILE for a file that is missing;
   * ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_OPTION, ERR_MEMORY, ERR_WORKER, ERR_ABORTED
   */
  static async load(model: string | URL | Iterable<PickedFile>, options: LoadOptions = {}): Promise<Encoder> {
    return new Encoder(
      await loadPageModel<EncoderDescription>(model, options, {
        name: 'encode',
        address: () => new URL('./web-encoder-worker.js', import.meta.url),
        here: () => import('../web-encoder-worker.ts'),
      }),
    )
  }
}
