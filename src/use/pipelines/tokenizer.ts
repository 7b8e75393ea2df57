import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import { isEncoderType } from '../../files/folders/encoders/families/index.ts'
import { callable } from './callable.ts'
import { configIn, jsonIn } from './config.ts'
import { encoderTokenizer, folderTokenizer, type OwnTokenizer } from './own-tokenizer.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import { SpecialTokens } from './special-tokens.ts'
import { type IdRows, idTensor, rowsOf, Tensor } from './tensor.ts'

/** Options of a tokenizer call. */
export interface TokenizerCallOptions {
  text_pair?: string | readonly string[] | null
  /**
   * Whether rows are padded to the longest, or ('max_length') to `max_length`. Rows of tensors always have one length.
   * Default false.
   */
  padding?: boolean | 'max_length' | null
  /**
   * Whether texts of more than `max_length` ids are truncated. Default false; true if `max_length` is given without
   * `padding`.
   */
  truncation?: boolean | null
  /** Default: `model_max_length`. */
  max_length?: number | null
  add_special_tokens?: boolean | null
  /** Whether ids are tensors; otherwise they are lists. Default true. */
  return_tensor?: boolean | null
  /** Whether `token_type_ids`, 1 for the second text of a pair, are returned as well. Default: whether the model reads them. */
  return_token_type_ids?: boolean | null
  src_lang?: string
  tgt_lang?: string
}

const callOptions = [
  ...['text_pair', 'padding', 'truncation', 'max_length', 'add_special_tokens', 'return_tensor'],
  ...['return_token_type_ids', 'src_lang', 'tgt_lang'],
]

// A type, and not an interface, so that TypeScript lets generate() take it whole.
type Encoded<Ids> = {
  input_ids: Ids
  attention_mask: Ids
  token_type_ids?: Ids
}

/** A tokenizer call: converts one text or several to ids with their attention mask. */
interface Call {
  (text: string | readonly string[], options?: TokenizerCallOptions & { return_tensor?: true | null }): Encoded<Tensor>
  (text: string, options: TokenizerCallOptions & { return_tensor: false }): Encoded<number[]>
  (text: readonly string[], options: TokenizerCallOptions & { return_tensor: false }): Encoded<number[][]>
}

interface DecodeOptions {
  skip_special_tokens?: boolean
  /** Accepted only if it equals the setting in the tokenizer's files. */
  clean_up_tokenization_spaces?: boolean | null
}

/** A tokenizer that is called as a function, as in transformers.js. */
export class PreTrainedTokenizer extends callable<Call>() {
  /** The folder's tokenizer_config.json. */
  readonly config: Readonly<Record<string, unknown>>
  /** The largest number of ids of a text, from the configuration; Infinity if it sets none. */
  readonly model_max_length: number
  readonly padding_side: 'left' | 'right'
  /** The length to which texts are truncated, at most the longest source of the model. */
  readonly #longest: number
  readonly #own: OwnTokenizer
  readonly #special: SpecialTokens

  constructor(own: OwnTokenizer, folder: string) {
    super()
    this.#own = own
    this.config = jsonIn(folder, 'tokenizer_config.json')
    const { model_max_length: most, padding_side } = this.config
    this.model_max_length = typeof most === 'number' && most > 0 ? most : Number.POSITIVE_INFINITY
    this.padding_side = padding_side === 'left' ? 'left' : 'right'
    this.#longest = Math.min(own.maxLength, this.model_max_length)
    this.#special = new SpecialTokens(own, { ...jsonIn(folder, 'special_tokens_map.json'), ...this.config })
  }

  /**
   * Finds the tokenizer of a model, and downloads it if it is not on this machine.
   * @throws GlassformerError as `pipeline`; ERR_INPUT for a model without a tokenizer
   */
  static async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PreTrainedTokenizer> {
    const { folder } = await pretrained(model, options)
    const own = isEncoderType(configIn(folder).model_type)
      ? encoderTokenizer(folder, jsonIn(folder, 'tokenizer_config.json'))
      : folderTokenizer(folder)
    return new PreTrainedTokenizer(own, folder)
  }

  _call(text: string | readonly string[], options: TokenizerCallOptions = {}): Encoded<unknown> {
    const texts = typeof text === 'string' ? [text] : text
    const pairs = typeof options.text_pair === 'string' ? [options.text_pair] : options.text_pair
    if (!Array.isArray(texts) || !texts.length || (pairs && pairs.length !== texts.length))
      throw new GlassformerError('ERR_INPUT', 'a tokenizer takes a text or a list of texts, and as many text_pairs')
    for (const name of Object.keys(options))
      if (!callOptions.includes(name))
        throw new GlassformerError(
          'ERR_OPTION',
          `unknown option '${name}' of a tokenizer${didYouMean(name, callOptions)}`,
        )
    const { padding = false, max_length } = options
    // If only a length is given, texts are truncated to it.
    const truncation = options.truncation ?? (max_length != null && !padding)
    const rows = texts.map((each, i) =>
      this.#encode(
        each,
        pairs?.[i] ?? null,
        truncation ? { ...options, max_length: this.#lengthOf(max_length) } : { ...options, max_length: null },
      ),
    )
    const asTensor = options.return_tensor ?? true
    const length =
      padding === 'max_length'
        ? this.#filledLength(max_length)
        : padding || asTensor
          ? Math.max(...rows.map(({ ids }) => ids.length))
          : 0
    const filled = (list: number[][], by: number) => list.map((row) => padded(row, length, by, this.padding_side))
    const result = {
      input_ids: filled(
        rows.map(({ ids }) => ids),
        this.pad_token_id ?? this.#own.padding,
      ),
      attention_mask: filled(
        rows.map(({ ids }) => ids.map(() => 1)),
        0,
      ),
      ...((options.return_token_type_ids ?? this.#own.hasTypes) && {
        token_type_ids: filled(
          rows.map(({ types }) => types),
          0,
        ),
      }),
    }
    const shape = (list: number[][]) => (asTensor ? idTensor(list, 0) : typeof text === 'string' ? list[0] : list)
    return Object.fromEntries(
      Object.entries(result).map(([name, list]) => [name, shape(list)]),
    ) as unknown as Encoded<unknown>
  }

  /** The ids of a text. */
  encode(text: string, options: { text_pair?: string | null; add_special_tokens?: boolean | null } = {}): number[] {
    return this.#encode(text, options.text_pair ?? null, { add_special_tokens: options.add_special_tokens }).ids
  }

  /** The tokens of a text. */
  tokenize(text: string, options: { pair?: string | null; add_special_tokens?: boolean } = {}): string[] {
    const { pair = null, add_special_tokens = false } = options
    return this.#encode(text, pair, { add_special_tokens }).ids.map((id) => this.#own.piece(id) ?? '')
  }

  /** The text of ids: a list, or a tensor of one row. Special tokens stay unless `skip_special_tokens` is set. */
  decode(
    ids: readonly (number | bigint)[] | Tensor,
    { skip_special_tokens = false, clean_up_tokenization_spaces: clean }: DecodeOptions = {},
  ): string {
    const rows = ids instanceof Tensor && !ids.dims.length ? [[Number(ids.item())]] : rowsOf(ids)
    if (rows.length > 1)
      throw new GlassformerError(
        'ERR_INPUT',
        `decode takes the ids of one text, not of ${rows.length}: call batch_decode`,
      )
    const own = this.config.clean_up_tokenization_spaces
    if (clean !== undefined && clean !== null && own !== undefined && clean !== own)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `clean_up_tokenization_spaces is ${shown(own)} in tokenizer_config.json, and cannot be ${shown(clean)}: leave it out`,
      )
    return this.#own.decode(rows[0] ?? [], { skipSpecial: skip_special_tokens })
  }

  batch_decode(ids: IdRows, options: DecodeOptions = {}): string[] {
    return rowsOf(ids).map((row) => this.decode(row, options))
  }

  /** The id of a token, or of each token in a list; undefined for tokens outside the vocabulary. */
  convert_tokens_to_ids(tokens: string): number | undefined
  convert_tokens_to_ids(tokens: readonly string[]): (number | undefined)[]
  convert_tokens_to_ids(tokens: string | readonly string[]): number | undefined | (number | undefined)[] {
    const { vocabulary } = this.#special
    return typeof tokens === 'string' ? vocabulary.get(tokens) : tokens.map((token) => vocabulary.get(token))
  }

  /** The ids of all source tokens. */
  get_vocab(): ReadonlyMap<string, number> {
    return this.#special.vocabulary
  }

  get all_special_ids(): number[] {
    return Object.values(this.#own.special)
  }

  get all_special_tokens(): string[] {
    return Object.keys(this.#own.special)
  }

  get pad_token(): string | null {
    return this.#special.token('pad_token') ?? this.eos_token
  }
  get pad_token_id(): number | undefined {
    return this.#special.id(this.pad_token)
  }
  get eos_token(): string | null {
    return this.#special.token('eos_token')
  }
  get eos_token_id(): number | undefined {
    return this.#special.id(this.eos_token)
  }
  get bos_token(): string | null {
    return this.#special.token('bos_token')
  }
  get bos_token_id(): number | undefined {
    return this.#special.id(this.bos_token)
  }
  get unk_token(): string | null {
    return this.#special.token('unk_token')
  }
  get unk_token_id(): number | undefined {
    return this.#special.id(this.unk_token)
  }
  get sep_token(): string | null {
    return this.#special.token('sep_token')
  }
  get sep_token_id(): number | undefined {
    return this.#special.id(this.sep_token)
  }
  get mask_token(): string | null {
    return this.#special.token('mask_token')
  }
  get mask_token_id(): number | undefined {
    return this.#special.id(this.mask_token)
  }

  #encode(text: string, pair: string | null, options: TokenizerCallOptions): { ids: number[]; types: number[] } {
    const { add_special_tokens, max_length, src_lang, tgt_lang } = options
    for (const each of pair === null ? [text] : [text, pair])
      if (typeof each !== 'string')
        throw new GlassformerError('ERR_INPUT', `a tokenizer takes texts, not ${shown(each)}`)
    return this.#own.encode(text, {
      special: add_special_tokens ?? true,
      pair,
      maxLength: max_length ?? null,
      ...(src_lang !== undefined && { sourceLanguage: src_lang }),
      ...(tgt_lang !== undefined && { targetLanguage: tgt_lang }),
    })
  }

  #lengthOf(given: number | null | undefined): number {
    return Math.min(given ?? this.#longest, this.#longest)
  }

  /** The length to which `padding: 'max_length'` pads rows. */
  #filledLength(given: number | null | undefined): number {
    const length = Math.min(given ?? this.model_max_length, this.model_max_length)
    if (Number.isSafeInteger(length)) return length
    throw new GlassformerError(
      'ERR_OPTION',
      "padding 'max_length' needs max_length: the tokenizer has no model_max_length",
    )
  }
}

/** Finds the tokenizer of a model, and downloads it if it is not on this machine. */
export const AutoTokenizer = {
  /** @throws GlassformerError as `pipeline`; ERR_INPUT for a model without a tokenizer */
  from_pretrained: (model: string, options?: PretrainedOptions): Promise<PreTrainedTokenizer> =>
    PreTrainedTokenizer.from_pretrained(model, options),
}

/** A row padded to a length; a longer row stays. */
function padded(row: readonly number[], length: number, by: number, side: 'left' | 'right'): number[] {
  const filling = new Array<number>(Math.max(0, length - row.length)).fill(by)
  return side === 'left' ? [...filling, ...row] : [...row, ...filling]
}
