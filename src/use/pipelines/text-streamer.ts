import { GlassformerError } from '../../base/errors.ts'

interface TextStreamerOptions {
  /** Is given each piece of the text. Default: standard output. */
  callback_function?: ((text: string) => void) | null
  /** There is no prompt in what encoder-decoders write: either value gives the same. */
  skip_prompt?: boolean
  /** Special tokens are never in the text. Only true is taken. */
  skip_special_tokens?: boolean
}

/** Gives a text piece by piece, as it becomes certain: its pieces joined are the text. */
export class TextStreamer {
  readonly #callback: (text: string) => void

  /** The tokenizer is the one of the model anyway. */
  constructor(_tokenizer?: unknown, options: TextStreamerOptions = {}) {
    const { callback_function, skip_prompt: _, skip_special_tokens = true, ...rest } = options
    const [unknown] = skip_special_tokens ? Object.keys(rest) : ['skip_special_tokens']
    if (unknown !== undefined)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `option '${unknown}' of TextStreamer is not supported: leave it out`,
      )
    this.#callback = callback_function ?? ((text) => process.stdout.write(text))
  }

  /** Is called with each piece, and at the end once more. A class of one's own may do something else. */
  on_finalized_text(text: string, _streamEnd: boolean): void {
    if (text) this.#callback(text)
  }

  end(): void {
    this.on_finalized_text('', true)
  }
}

/** Stops a generation from outside: what has been written so far is its result. */
export class InterruptableStoppingCriteria {
  interrupted = false

  interrupt(): void {
    this.interrupted = true
  }

  reset(): void {
    this.interrupted = false
  }
}
