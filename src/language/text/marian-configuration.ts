import { GlassformerError, shownJson } from '../../base/errors.ts'

/** The settings of tokenizer_config.json that a Marian tokenizer needs. */
export interface MarianConfiguration {
  /** End of the sentence. */
  end: string
  unknown: string
  /** All special tokens, including the ones above and padding, longest first. */
  special: string[]
  /** Whether source and target have separate vocabularies. */
  separateVocabularies: boolean
  cleanUpSpaces: boolean
  /** The source and target languages of the model, where the file names them. */
  sourceLanguage: string | null
  targetLanguage: string | null
}

/** Reads a parsed tokenizer_config.json; missing settings have Hugging Face's defaults. Throws ERR_TOKENIZER_FORMAT. */
export function readMarianConfiguration(configuration: object, where: string): MarianConfiguration {
  const settings = configuration as Record<string, unknown>
  const wrong = (name: string, advice: string) =>
    new GlassformerError('ERR_TOKENIZER_FORMAT', `${where}: ${name} is ${shownJson(settings[name])}; ${advice}.`)
  const token = (name: string, standard: string): string => {
    const text = contentOf(settings[name] ?? standard)
    if (text !== null) return text
    throw wrong(name, `write it as a text, like "${standard}"`)
  }
  const flag = (name: string): boolean => {
    const value = settings[name] ?? false
    if (typeof value === 'boolean') return value
    throw wrong(name, 'write true or false')
  }
  const end = token('eos_token', '</s>')
  const unknown = token('unk_token', '<unk>')
  const special = new Set([end, unknown, token('pad_token', '<pad>')])
  for (const added of Object.values(settings.added_tokens_decoder ?? {})) {
    const text = contentOf(added)
    if (text !== null && (added as { special?: unknown }).special === true) special.add(text)
  }
  const additional = settings.additional_special_tokens
  for (const text of Array.isArray(additional) ? additional.map(contentOf) : []) if (text !== null) special.add(text)
  return {
    end,
    unknown,
    special: [...special].sort((a, b) => b.length - a.length),
    separateVocabularies: flag('separate_vocabs'),
    cleanUpSpaces: flag('clean_up_tokenization_spaces'),
    sourceLanguage: contentOf(settings.source_lang),
    targetLanguage: contentOf(settings.target_lang),
  }
}

/**
 * The text of a token, written as a string or as an object with the string as `content`. Null if the token has neither
 * form, or is empty.
 */
function contentOf(token: unknown): string | null {
  const text = typeof token === 'object' && token !== null ? (token as { content?: unknown }).content : token
  return typeof text === 'string' && text !== '' ? text : null
}
