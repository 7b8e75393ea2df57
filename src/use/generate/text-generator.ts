import { GlassformerError, shown } from '../../base/errors.ts'
import { reading } from '../../base/reading.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import { isDecoderOnly } from '../../engine/model/config/config.ts'
import type { Trace } from '../../trace/data/trace.ts'
import type { TraceOptions } from '../../trace/options.ts'
import type { SchedulingOptions } from '../../workers/index.ts'
import type { ModelInfo } from '../translate/options/model-info.ts'
import type { LoadOptions } from '../translate/options/options.ts'
import type { TextTokenizer } from '../translate/text-tokenizer.ts'
import type { Alternative, Piece } from '../translate/translation/translation.ts'
import { Translator } from '../translate/translator.ts'
import { meanScore, type TextScore, windowsOf } from './text-score.ts'

/** Options of `generate`: those of the search, whose defaults come from the model's folder, and those of scheduling. */
export interface TextSearch extends Partial<GenerationOptions>, SchedulingOptions {}

/** The continuation of a prompt: prompt and text together are the whole text. */
export interface Continuation extends Alternative {
  /** The best `alternatives` continuations, the first of which is this one; only if more than one was asked for. */
  alternatives?: Alternative[]
}

/** A text that is gone on with, or its ids. */
export type Prompt = string | readonly number[]

/** Goes on with texts, by a model that is a decoder alone (GPT-2), in worker threads. */
export class TextGenerator {
  readonly #translator: Translator

  private constructor(translator: Translator) {
    this.#translator = translator
  }

  /**
   * Loads a model folder by its path or `file:` URL: GPT-2 in Hugging Face's layout, or a decoder alone in our own.
   * @throws GlassformerError as `Translator.load`; ERR_UNSUPPORTED for a model with an encoder
   */
  static async load(model: string | URL, options: LoadOptions = {}): Promise<TextGenerator> {
    const translator = await Translator.load(model, options)
    if (isDecoderOnly(translator.model.config)) return new TextGenerator(translator)
    await translator.close()
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${translator.model.path} has an encoder, which reads a source: load it with Translator`,
    )
  }

  /** Description of the model. */
  get model(): ModelInfo {
    return this.#translator.model
  }

  /** The model's tokenizer, for use on the calling thread. */
  get tokenizer(): TextTokenizer {
    return this.#translator.tokenizer
  }

  /** The backend, its instruction set, threads and precision. */
  backendInfo(): BackendInfo {
    return this.#translator.backendInfo()
  }

  /**
   * Goes on with one prompt or many; results keep the order. A prompt keeps all of its white space, and an empty one is
   * the beginning of a text. The defaults of a search are the folder's.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_ABORTED, ERR_TIMEOUT, ERR_BUSY, ERR_CLOSED,
   * ERR_MEMORY, ERR_WORKER
   */
  generate(prompt: Prompt, options?: TextSearch): Promise<Continuation>
  generate(prompts: readonly Prompt[], options?: TextSearch): Promise<Continuation[]>
  async generate(given: Prompt | readonly Prompt[], options: TextSearch = {}): Promise<Continuation | Continuation[]> {
    return this.#translator.translate(given, options)
  }

  /**
   * Streams what goes on with a prompt as it becomes certain: the joined pieces are the text that `generate` would
   * return. Leaving the loop early stops the work.
   * @throws GlassformerError as `generate`, when the loop begins or later
   */
  stream(prompt: Prompt, options: TextSearch = {}): AsyncGenerator<Piece, Continuation, undefined> {
    return this.#translator.stream(prompt, options)
  }

  /**
   * The log-probability of each token of texts, and their perplexity. A model without a start of texts cannot tell that
   * of the first. Longer texts than the model reads are scored in windows, each of which begins with the half of the one
   * before.
   * @throws GlassformerError ERR_INPUT, also for a text of no token that could be scored; ERR_OPTION, ERR_ABORTED,
   * ERR_CLOSED, ERR_MEMORY, ERR_WORKER
   */
  score(text: Prompt, options?: SchedulingOptions): Promise<TextScore>
  score(texts: readonly Prompt[], options?: SchedulingOptions): Promise<TextScore[]>
  async score(given: Prompt | readonly Prompt[], options: SchedulingOptions = {}): Promise<TextScore | TextScore[]> {
    const [isOne, windows] = reading('the texts', () => this.#windowsOf(given), 'ERR_INPUT')
    const scores = await this.#translator.score(windows.flat(), options)
    const results = windows.map(({ length }) => meanScore(scores.splice(0, length)))
    return isOne ? results[0] : results
  }

  /** Whether one text was given, and the windows of each text. */
  #windowsOf(given: unknown): [isOne: boolean, windows: ReturnType<typeof windowsOf>[]] {
    const isOne = typeof given === 'string' || (Array.isArray(given) && typeof given[0] === 'number')
    const { ids, maxLength } = this.model.config
    const texts: unknown[] = isOne ? [given] : Array.isArray(given) ? [...given] : refusedText(given)
    const windows = texts.map((text, i) => {
      const own = typeof text === 'string' ? this.tokenizer.encode(text, { special: false }) : idsIn(text)
      const whole = ids.sourceStart === undefined || own[0] === ids.sourceStart ? own : [ids.sourceStart, ...own]
      if (whole.length > 1) return windowsOf(whole, maxLength)
      throw new GlassformerError('ERR_INPUT', `${isOne ? 'the text' : `text ${i}`} has no token that could be scored`)
    })
    return [isOne, windows]
  }

  /** Traces the computation for a prompt and what goes on with it, as `Translator.inspect`. */
  inspect(prompt: Prompt, options: TraceOptions = {}): Promise<Trace> {
    return this.#translator.inspect(prompt, options)
  }

  /** Stops the workers and frees everything; open requests fail with ERR_CLOSED. Calling it again has no effect. */
  close(): Promise<void> {
    return this.#translator.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

const idsIn = (text: unknown): number[] => (Array.isArray(text) ? [...text] : refusedText(text))

function refusedText(given: unknown): never {
  throw new GlassformerError('ERR_INPUT', `score takes texts or lists of ids, not ${shown(given)}`)
}
