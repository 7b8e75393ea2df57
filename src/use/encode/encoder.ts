import { GlassformerError } from '../../base/errors.ts'
import { startPool } from '../translate/calls/index.ts'
import type { LoadOptions } from '../translate/options/options.ts'
import { EncoderCalls } from './encoder-calls.ts'
import type { SharedEncoder } from './worker/open-encoder.ts'

/**
 * An encoder without a decoder: vectors of sentences, rankings, labels, masked tokens and answers. The work runs in worker threads over one copy
 * of the weights; texts of all callers share batches, in which nothing is padded. Idle workers do not keep the process alive; `close` (or
 * `await using`) stops them.
 */
export class Encoder extends EncoderCalls {
  /**
   * Loads the folder of an encoder, or of sentence-transformers, by its path, `file:` URL or name in the cache of the hub.
   * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_BACKEND, ERR_OPTION, ERR_WORKER
   */
  static async load(model: string | URL, options: LoadOptions = {}): Promise<Encoder> {
    if (model === undefined)
      throw new GlassformerError(
        'ERR_OPTION',
        'Encoder.load needs the folder of an encoder, or its name: none is embedded',
      )
    const { pool, info, shared } = await startPool(model, options, { kind: 'encodeTexts' })
    const { weights: _, ...description } = shared as unknown as SharedEncoder
    return new Encoder(pool, info, description)
  }
}
