import { GlassformerError } from '../../../base/errors.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { PairTokenizer } from '../../../language/text/pairs/index.ts'

/** The files of an encoder's tokenizer, as they are sent between threads. */
export interface EncoderTokenizerFiles {
  /** The text of a tokenizer.json, its own or one that follows from older files. */
  definition: string
  /** Tokens with a part to play; null where the folder does not name them. */
  mask: string | null
  unknown: string | null
  padding: string | null
  /** The longest text in tokens that tokenizer_config.json allows; null where it says nothing. */
  maxLength: number | null
  where: string
}

/** The largest tokenizer.json that is read. */
const DEFINITION = { most: 1 << 27, code: 'ERR_TOKENIZER_FORMAT', what: 'a tokenizer' } as const

/** Reads tokenizer.json, or vocab.txt of BERT. @throws GlassformerError ERR_FILE, ERR_TOKENIZER_FORMAT */
export function readEncoderTokenizer(folder: Folder): EncoderTokenizerFiles {
  const optional = (name: string): JsonObject => (folder.has(name) ? folder.json(name) : {})
  const settings = { ...optional('special_tokens_map.json'), ...optional('tokenizer_config.json') }
  const token = (name: string): string | null => {
    const value = settings[name]
    if (typeof value === 'string') return value
    const content = (value as JsonObject | null | undefined)?.content
    return typeof content === 'string' ? content : null
  }
  const most = settings.model_max_length
  return {
    definition: definitionOf(folder, settings),
    mask: token('mask_token'),
    unknown: token('unk_token'),
    padding: token('pad_token'),
    // Files without a limit have 10^30 there.
    maxLength: typeof most === 'number' && most > 0 && most < 1e9 ? Math.floor(most) : null,
    where: folder.path,
  }
}

function definitionOf(folder: Folder, settings: JsonObject): string {
  if (folder.has('tokenizer.json')) return folder.text('tokenizer.json', DEFINITION)
  if (folder.has('vocab.txt')) return bertDefinition(folder.text('vocab.txt', DEFINITION), settings)
  const alone = folder.has('vocabulary.json') ? ' (vocabulary.json does not say how texts are cut into tokens)' : ''
  throw new GlassformerError(
    'ERR_FILE',
    `${folder.at('tokenizer.json')} is missing, and so is vocab.txt${alone}: save the tokenizer in Python with AutoTokenizer.from_pretrained(folder).save_pretrained(folder)`,
  )
}

/** The tokenizer.json of a vocabulary of BERT, one token a line. */
function bertDefinition(vocabulary: string, settings: JsonObject): string {
  const tokens = vocabulary.split('\n').map((line) => line.replace(/\r$/, ''))
  if (tokens.at(-1) === '') tokens.pop()
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].filter((token) => Object.hasOwn(vocab, token))
  return JSON.stringify({
    added_tokens: special.map((content) => ({ id: vocab[content], content, special: true, normalized: false })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: settings.tokenize_chinese_chars ?? true,
      strip_accents: settings.strip_accents ?? null,
      lowercase: settings.do_lower_case ?? true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', cls: ['[CLS]', vocab['[CLS]']], sep: ['[SEP]', vocab['[SEP]']] },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  })
}

/** Makes the tokenizer of its files. @throws GlassformerError ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED */
export function createEncoderTokenizer({ definition, where }: EncoderTokenizerFiles, lowers: boolean): PairTokenizer {
  const path = `${where}/tokenizer.json`
  let json: unknown
  try {
    json = JSON.parse(definition)
  } catch (cause) {
    throw new GlassformerError('ERR_TOKENIZER_FORMAT', `${path}: it is not JSON: ${(cause as Error).message}`, {
      cause,
    })
  }
  return new PairTokenizer(json, path, lowers)
}
