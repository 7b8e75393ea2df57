import { GlassformerError } from '../../base/errors.ts'
import type { PreTrainedTokenizer } from './tokenizer.ts'

/** Receives the ids of one text as they become certain. A custom class overrides both methods. */
export class BaseStreamer {
  /** Called with the decoder's first ids, and then with each id; the list has one row. */
  put(_ids: bigint[][]): void {
    throw new GlassformerError('ERR_UNSUPPORTED', 'BaseStreamer is a base: override put in a class of your own')
  }

  /** Is called at the end. */
  end(): void {
    throw new GlassformerError('ERR_UNSUPPORTED', 'BaseStreamer is a base: override end in a class of your own')
  }
}

/** Options of decoding and of callbacks. */
interface DecodeSettings {
  skip_special_tokens?: boolean
  clean_up_tokenization_spaces?: boolean | null
}

interface TextStreamerOptions extends DecodeSettings {
  /** Whether the decoder's first ids are left out. Default false. */
  skip_prompt?: boolean
  /** Receives each piece of the text. Default: standard output. */
  callback_function?: ((text: string) => void) | null
  /** Receives the ids as they come, including special ids. */
  token_callback_function?: ((ids: bigint[]) => void) | null
  decode_kwargs?: DecodeSettings
}

const toOutput = (text: string) => void process.stdout.write(text)

/** Characters of scripts without spaces between words. */
const unspaced = /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2fa1f}]$/u

/** Streams a text word by word as words become certain; the joined pieces are the text. */
export class TextStreamer extends BaseStreamer {
  /** The tokenizer of the ids. Default: the pipeline's tokenizer. */
  tokenizer: PreTrainedTokenizer | null
  readonly skip_prompt: boolean
  readonly callback_function: (text: string) => void
  readonly token_callback_function: ((ids: bigint[]) => void) | null
  readonly decode_kwargs: DecodeSettings
  /** Ids whose text has not been emitted completely, and how much of their text has been. */
  #held: bigint[] = []
  #told = 0
  #hasBegun = false

  constructor(tokenizer?: PreTrainedTokenizer | null, options: TextStreamerOptions = {}) {
    super()
    const { skip_prompt = false, callback_function, token_callback_function, decode_kwargs, ...decoding } = options
    this.tokenizer = tokenizer ?? null
    this.skip_prompt = skip_prompt
    this.callback_function = callback_function ?? toOutput
    this.token_callback_function = token_callback_function ?? null
    this.decode_kwargs = { skip_special_tokens: true, ...decode_kwargs, ...decoding }
  }

  override put(rows: bigint[][]): void {
    if (rows.length !== 1) throw new GlassformerError('ERR_OPTION', "option 'streamer' takes one text at a time")
    const isPrompt = !this.#hasBegun
    this.#hasBegun = true
    if (isPrompt && this.skip_prompt) return
    const [ids] = rows
    this.token_callback_function?.(ids)
    if (ids.length === 1 && this.#tokenizer().all_special_ids.includes(Number(ids[0]))) return this.#putSpecial(ids)
    this.#held.push(...ids)
    const text = this.#textOf(this.#held)
    if (isPrompt || text.endsWith('\n')) return this.on_finalized_text(this.#rest(), false)
    const end = unspaced.test(text) ? text.length : text.lastIndexOf(' ') + 1
    const piece = text.slice(this.#told, end)
    this.#told += piece.length
    this.on_finalized_text(piece, false)
  }

  override end(): void {
    const rest = this.#rest()
    this.#hasBegun = false
    this.on_finalized_text(rest, true)
  }

  /** Called with each piece, and once more at the end. A custom class may override it. */
  on_finalized_text(text: string, stream_end: boolean): void {
    if (text) this.callback_function(text)
    if (stream_end && this.callback_function === toOutput) toOutput('\n')
  }

  #putSpecial(ids: bigint[]): void {
    if (this.decode_kwargs.skip_special_tokens) return
    if (this.#held.length) this.on_finalized_text(this.#rest(), false)
    this.on_finalized_text(this.#textOf(ids), false)
  }

  /** Returns the remaining text of the held ids, and drops these ids. */
  #rest(): string {
    const rest = this.#held.length ? this.#textOf(this.#held).slice(this.#told) : ''
    this.#held = []
    this.#told = 0
    return rest
  }

  #textOf(ids: readonly bigint[]): string {
    return this.#tokenizer().decode(ids, this.decode_kwargs)
  }

  #tokenizer(): PreTrainedTokenizer {
    if (this.tokenizer) return this.tokenizer
    throw new GlassformerError('ERR_OPTION', 'TextStreamer needs a tokenizer: new TextStreamer(tokenizer, options)')
  }
}
