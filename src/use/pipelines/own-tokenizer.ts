import { GlassformerError } from '../../base/errors.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { createEncoderTokenizer, readEncoderTokenizer } from '../../files/folders/encoders/encoder-tokenizer.ts'
import { readEncoderSettings } from '../../files/folders/encoders/read-encoder.ts'
import { readFolder } from '../../files/folders/load.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { filesFor } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { DiskFolder } from '../../formats/disk/disk-folder.ts'
import type { PairIds } from '../../language/text/pairs/index.ts'
import { TextTokenizer } from '../translate/text-tokenizer.ts'

/** How a text becomes ids. */
export interface OwnTokenizerOptions {
  /** A second text. */
  pair: string | null
  /** Whether the ids around texts are added. */
  special: boolean
  maxLength: number | null
  sourceLanguage?: string
  targetLanguage?: string
}

/** What PreTrainedTokenizer needs of the tokenizer of an encoder-decoder or of an encoder. */
export interface OwnTokenizer {
  /** Special tokens with their ids. */
  readonly special: Readonly<Record<string, number>>
  /** The number of ids. */
  readonly size: number
  /** The id after shorter texts, where the files name no token for it. */
  readonly padding: number
  /** The longest text of the model in ids. */
  readonly maxLength: number
  /** Whether the model tells the texts of a pair apart: token_type_ids are returned unless they are refused. */
  readonly hasTypes: boolean
  /** The ids of a text or pair with the segment of each. */
  encode(text: string, options: OwnTokenizerOptions): Pick<PairIds, 'ids' | 'types'>
  /** The piece of an id, as the vocabulary writes it; null for rows of the matrix beyond the vocabulary. */
  piece(id: number): string | null
  decode(ids: readonly number[], options: { skipSpecial: boolean }): string
}

/** The tokenizer of an encoder-decoder, or of a decoder alone. */
export function translatorTokenizer(
  own: TextTokenizer,
  { ids: special, maxLength, sourceVocabulary }: ModelConfig,
): OwnTokenizer {
  return {
    special: own.special,
    size: sourceVocabulary,
    padding: special.padding ?? special.end,
    maxLength,
    hasTypes: false,
    encode(text, { pair, maxLength: most, ...options }) {
      const ids = own.encode(text, {
        ...options,
        ...(pair !== null && { pair }),
        ...(most !== null && { maxLength: most }),
      })
      return { ids, types: ids.map(() => 0) }
    },
    piece(id) {
      try {
        return own.pieces([id], { side: 'source' })[0]
      } catch {
        return null
      }
    },
    decode: (ids, options) => own.decode(ids, options),
  }
}

/** Classes of tokenizers that return token_type_ids where tokenizer_config.json does not say what a model reads. */
const TYPED = /^(Bert|Albert|Electra|Deberta(V2)?)Tokenizer(Fast)?$/

/** The tokenizer of an encoder's folder. */
export function encoderTokenizer(folder: string, settings: Readonly<Record<string, unknown>>): OwnTokenizer {
  const onDisk = new DiskFolder(folder)
  const files = readEncoderTokenizer(onDisk)
  const own = createEncoderTokenizer(files, false)
  const { config } = readEncoderSettings(onDisk.json('config.json'), onDisk.at('config.json'), new Set())
  const special = own.pipeline.added.filter(({ special }) => special).map(({ content }) => content)
  const ids = Object.fromEntries(
    special.flatMap((token) => {
      const id = own.idOf(token)
      return id === undefined ? [] : [[token, id]]
    }),
  )
  const names = settings.model_input_names
  return {
    special: ids,
    size: own.size,
    padding: config.padding,
    maxLength: config.maxLength,
    hasTypes: Array.isArray(names) ? names.includes('token_type_ids') : TYPED.test(String(settings.tokenizer_class)),
    encode(text, { pair, special: around, maxLength }) {
      const most = maxLength === null ? {} : { maxLength }
      if (around) return own.encode(text, pair ?? undefined, most)
      const both = [own.idsOf(text), pair === null ? [] : own.idsOf(pair)]
      const joined = both.flatMap((list, type) => list.map((id) => ({ id, type }))).slice(0, maxLength ?? undefined)
      return { ids: joined.map(({ id }) => id), types: joined.map(({ type }) => type) }
    },
    piece: (id) => own.token(id) || null,
    decode: (list, { skipSpecial }) => own.decode(list, !skipSpecial),
  }
}

/** The tokenizer of a folder with an encoder-decoder or a decoder. @throws GlassformerError ERR_INPUT where there is none */
export function folderTokenizer(folder: string): OwnTokenizer {
  const { tokenizer, config } = readFolder(folder)
  const own = createTokenizer(filesFor(tokenizer, folder, config))
  if (!own) throw new GlassformerError('ERR_INPUT', `${folder} has no tokenizer`)
  return translatorTokenizer(new TextTokenizer(() => own, folder), config)
}
