import { GlassformerError } from '../../base/errors.ts'
import { createTokenizer } from '../../files/folders/create-tokenizer.ts'
import { readFolder } from '../../files/folders/load.ts'
import { filesFor } from '../../files/folders/tokenizer-files.ts'
import { TextTokenizer } from '../translate/text-tokenizer.ts'
import { longestSource } from './longest-source.ts'
import { type PretrainedOptions, pretrained } from './pretrained.ts'
import { type IdRows, rowsOf, Tensor } from './tensor.ts'

/** How a tokenizer is called. */
export interface TokenizerCallOptions {
  text_pair?: string | readonly string[] | null
  /** Rows get one length anyway, and the mask says what is padding. */
  padding?: boolean
  /** Whether what is longer than `max_length` is left out. Default false. */
  truncation?: boolean
  max_length?: number | null
  add_special_tokens?: boolean
  /** Whether ids are tensors; else lists. Default true. */
  return_tensor?: boolean
  src_lang?: string
  tgt_lang?: string
}

interface Encoded<Ids> {
  input_ids: Ids
  attention_mask: Ids
}

/** A tokenizer that is called as a function, as transformers.js has it. */
export interface PreTrainedTokenizer {
  (text: string | readonly string[], options?: TokenizerCallOptions & { return_tensor?: true }): Encoded<Tensor>
  (text: string, options: TokenizerCallOptions & { return_tensor: false }): Encoded<number[]>
  (text: readonly string[], options: TokenizerCallOptions & { return_tensor: false }): Encoded<number[][]>
  /** The ids of a text. */
  encode(text: string, options?: { text_pair?: string | null; add_special_tokens?: boolean }): number[]
  /** The tokens of a text. */
  tokenize(text: string, options?: { pair?: string | null; add_special_tokens?: boolean }): string[]
  /** The text of ids. Special tokens stay unless they are skipped. */
  decode(ids: readonly (number | bigint)[] | Tensor, options?: { skip_special_tokens?: boolean }): string
  batch_decode(ids: IdRows, options?: { skip_special_tokens?: boolean }): string[]
  readonly all_special_ids: number[]
}

/** The tokenizer of a translator's model, to be called. `padding` is the model's id of padding, `longest` the most ids that it reads. */
export function callable(own: TextTokenizer, padding: number, longest: number): PreTrainedTokenizer {
  const encode = (text: string, pair?: string | null, options: TokenizerCallOptions = {}) =>
    own.encode(text, {
      special: options.add_special_tokens ?? true,
      ...(pair !== undefined && pair !== null && { pair }),
      ...(options.truncation && { maxLength: options.max_length ?? longest }),
      ...(options.src_lang !== undefined && { sourceLanguage: options.src_lang }),
      ...(options.tgt_lang !== undefined && { targetLanguage: options.tgt_lang }),
    })
  const call = (text: string | readonly string[], options: TokenizerCallOptions = {}) => {
    const texts = typeof text === 'string' ? [text] : text
    const pairs = typeof options.text_pair === 'string' ? [options.text_pair] : options.text_pair
    if (!Array.isArray(texts) || (pairs && pairs.length !== texts.length))
      throw new GlassformerError('ERR_INPUT', 'a tokenizer takes a text or a list of texts, and as many text_pairs')
    const rows = texts.map((each, i) => encode(each, pairs?.[i], options))
    const masks = rows.map((row) => row.map(() => 1))
    if (options.return_tensor ?? true)
      return { input_ids: new Tensor(rows, padding), attention_mask: new Tensor(masks, 0) }
    const longestRow = Math.max(...rows.map((row) => row.length))
    const filled = (list: number[][], by: number) =>
      options.padding ? list.map((row) => [...row, ...new Array(longestRow - row.length).fill(by)]) : list
    const [input_ids, attention_mask] = [filled(rows, padding), filled(masks, 0)]
    return typeof text === 'string'
      ? { input_ids: input_ids[0], attention_mask: attention_mask[0] }
      : { input_ids, attention_mask }
  }
  const decode = (ids: readonly number[], skip = false) => own.decode(ids, { skipSpecial: skip })
  return Object.assign(call, {
    encode: (
      text: string,
      { text_pair, add_special_tokens = true }: TokenizerCallOptions & { text_pair?: string | null } = {},
    ) => encode(text, text_pair, { add_special_tokens }),
    tokenize: (
      text: string,
      { pair, add_special_tokens = false }: { pair?: string | null; add_special_tokens?: boolean } = {},
    ) => own.pieces(encode(text, pair, { add_special_tokens }), { side: 'source' }),
    decode: (ids: readonly (number | bigint)[] | Tensor, { skip_special_tokens = false } = {}) =>
      decode(rowsOf(ids)[0] ?? [], skip_special_tokens),
    batch_decode: (ids: IdRows, { skip_special_tokens = false } = {}) =>
      rowsOf(ids).map((row) => decode(row, skip_special_tokens)),
    get all_special_ids() {
      return Object.values(own.special)
    },
  }) as unknown as PreTrainedTokenizer
}

/** Finds the tokenizer of a model, which is downloaded where it is not there. */
export const AutoTokenizer = {
  /** @throws GlassformerError as `pipeline`; ERR_INPUT for a model without a tokenizer */
  async from_pretrained(model: string, options: PretrainedOptions = {}): Promise<PreTrainedTokenizer> {
    const { folder } = await pretrained(model, options)
    const { tokenizer, config } = readFolder(folder)
    const own = createTokenizer(filesFor(tokenizer, folder, config))
    if (!own) throw new GlassformerError('ERR_INPUT', `${folder} has no tokenizer`)
    return callable(
      new TextTokenizer(() => own, folder),
      config.ids.padding ?? config.ids.end,
      longestSource(folder, config.maxLength),
    )
  },
}
