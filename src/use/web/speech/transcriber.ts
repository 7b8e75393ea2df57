import { GlassformerError } from '../../../base/errors.ts'
import { SpeechCalls, type SpeechWorkers, speechModel, WINDOW_TOKENS } from '../../transcribe/speech-calls.ts'
import type { Loaded } from '../load-in-worker.ts'
import { loadPageModel } from '../load-page-model.ts'
import type { LoadOptions } from '../loading/load-options.ts'
import { baseUrl, type CacheState } from '../loading/messages.ts'
import type { PickedFile } from '../loading/picked-files.ts'
import { PagePool } from '../page-pool.ts'
import { openPageSound } from './page-sound.ts'

/** Options of a transcriber in a page. */
export interface SpeechLoadOptions extends LoadOptions {
  /** The address of the weights of Silero (`weights.f24`) for `vad` and `batched`. Default: as in the package. */
  detector?: string | URL
}

/** The weights from the package's dist/bundle/. Bundlers recognize this form, and include the file. */
const inPackage = () =>
  import.meta.url ? new URL('../../models/silero-vad-v6/weights.f24', import.meta.url).href : undefined

/**
 * Writes down what is said in sounds, in a worker of the page, or on the calling thread where there are no workers. Its
 * methods are those of `Transcriber` in Node.js; a sound is a URL, a File, samples, an AudioBuffer, or a stream such as
 * `microphone()`.
 */
export class Transcriber extends SpeechCalls {
  /** Whether the browser keeps the model's files for the next time. */
  readonly cache: CacheState

  private constructor(
    { worker, info, model, cache }: Loaded<SpeechWorkers['model']>,
    hearing: Awaited<ReturnType<typeof speechModel>>,
  ) {
    const pool = new PagePool(worker)
    super({ pool, info, model, workers: 1, openSound: openPageSound, loadTranslator }, hearing)
    this.cache = cache
  }

  /**
   * Loads a model that hears by the URL of its folder, which may be relative to the page, or from files that the user of
   * the page has picked or dropped.
   * @throws GlassformerError ERR_NETWORK if a server cannot be reached or refuses; ERR_FILE for a file that is missing;
   * ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_OPTION, ERR_MEMORY, ERR_WORKER, ERR_ABORTED
   */
  static async load(
    model: string | URL | Iterable<PickedFile>,
    { detector, ...options }: SpeechLoadOptions = {},
  ): Promise<Transcriber> {
    const loaded = await loadPageModel<SpeechWorkers['model']>(
      model,
      { batchTokens: WINDOW_TOKENS, ...options },
      {
        name: 'hear',
        address: () => new URL('./web-speech-worker.js', import.meta.url),
        here: () => import('../web-speech-worker.ts'),
        detector: detector ? new URL(detector, baseUrl()).href : inPackage(),
      },
    )
    try {
      return new Transcriber(loaded, await speechModel(loaded.model))
    } catch (error) {
      loaded.worker.terminate()
      throw error
    }
  }
}

async function loadTranslator(): Promise<never> {
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    'a page loads no translator by its name here: translate the segments by a Translator of glassformer/web',
  )
}
