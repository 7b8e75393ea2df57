import { openSound } from '../../sound/input/open-sound.ts'
import { startPool } from '../translate/calls/index.ts'
import type { LoadOptions } from '../translate/options/options.ts'
import { Translator } from '../translate/translator.ts'
import { SpeechCalls, speechModel, WINDOW_TOKENS } from './speech-calls.ts'

/**
 * Writes down what is said in sounds, with a model that hears (Whisper, Moonshine). The work runs in worker threads over one copy of the weights, so that the
 * event loop stays free. Idle workers do not keep the process alive; `close` (or `await using`) stops them.
 */
export class Transcriber extends SpeechCalls {
  /**
   * Loads a folder of Whisper's or Moonshine's in Hugging Face's layout, CTranslate2's (faster-whisper) or our own, by its path or `file:` URL.
   * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_BACKEND, ERR_OPTION, ERR_MEMORY,
   * ERR_WORKER
   */
  static async load(model: string | URL, options: LoadOptions = {}): Promise<Transcriber> {
    const started = await startPool(model, { batchTokens: WINDOW_TOKENS, ...options }, { kind: 'hear' })
    const { pool, info, shared } = started
    try {
      const hearing = await speechModel(shared)
      const { workers } = started.options
      const loadTranslator = (path: string | URL) => Translator.load(path)
      return new Transcriber({ pool, info, model: shared, workers, openSound, loadTranslator }, hearing)
    } catch (error) {
      await pool.close()
      throw error
    }
  }
}
