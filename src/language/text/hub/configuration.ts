import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'
import type { SpecialNames } from './sentencepiece-pipeline.ts'
import { MOST_IDS } from './vocabulary.ts'

/** The combined content of tokenizer_config.json, special_tokens_map.json and added_tokens.json of a folder. */
export class HubConfiguration {
  readonly #settings: JsonObject
  readonly #where: string

  /** The first file with a setting decides. */
  constructor(configuration: JsonObject, specialTokens: JsonObject, where: string) {
    this.#settings = { ...specialTokens, ...withoutNulls(configuration) }
    this.#where = `${where}/tokenizer_config.json`
  }

  /** The class of the tokenizer without 'Fast'; '' where no file names it. */
  get className(): string {
    const name = this.#settings.tokenizer_class
    return typeof name === 'string' ? name.replace(/Fast$/, '') : ''
  }

  token(name: string): string | null {
    const value = this.#settings[name] ?? null
    if (value === null) return null
    const text = contentOf(value)
    if (text !== null) return text
    throw this.#wrong(name, 'a text')
  }

  text(name: string): string | null {
    const value = this.#settings[name] ?? null
    if (value === null || typeof value === 'string') return value
    throw this.#wrong(name, 'a text')
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.#settings[name] ?? byDefault
    if (typeof value === 'boolean') return value
    throw this.#wrong(name, 'true or false')
  }

  natural(name: string, byDefault: number, most: number): number {
    const value = this.#settings[name] ?? byDefault
    if (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number
    throw this.#wrong(name, `an integer from 0 to ${most}`)
  }

  /** The special tokens; `addedTokens` is the content of added_tokens.json. `byDefault` are those of the class. */
  names(byDefault: Partial<SpecialNames>, addedTokens: JsonObject): SpecialNames {
    const further = ['extra_special_tokens', 'additional_special_tokens']
      .map((name) => this.#settings[name])
      .find(Array.isArray)
    const ids = new Map<string, number>()
    for (const [content, id] of Object.entries(addedTokens)) if (isId(id)) ids.set(content, id)
    for (const [id, token] of Object.entries(this.#object('added_tokens_decoder'))) {
      const content = contentOf(token)
      if (content !== null && isId(Number(id))) ids.set(content, Number(id))
    }
    return {
      begin: this.token('bos_token') ?? byDefault.begin ?? '<s>',
      end: this.token('eos_token') ?? byDefault.end ?? '</s>',
      unknown: this.token('unk_token') ?? byDefault.unknown ?? '<unk>',
      padding: this.token('pad_token') ?? byDefault.padding ?? '<pad>',
      mask: this.token('mask_token') ?? byDefault.mask ?? null,
      further: further?.map(contentOf).filter((token) => token !== null) ?? byDefault.further ?? [],
      ids,
    }
  }

  #object(name: string): JsonObject {
    const value = this.#settings[name] ?? {}
    if (isJsonObject(value)) return value
    throw this.#wrong(name, 'an object')
  }

  #wrong(name: string, what: string): GlassformerError {
    return new GlassformerError(
      'ERR_TOKENIZER_FORMAT',
      `${this.#where}: ${name} must be ${what}, not ${shownJson(this.#settings[name])}`,
    )
  }
}

const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < MOST_IDS

const withoutNulls = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))

/** The text of a token, written as a string or as an object with the string as `content`. */
function contentOf(token: unknown): string | null {
  const text = isJsonObject(token) ? token.content : token
  return typeof text === 'string' && text !== '' ? text : null
}
