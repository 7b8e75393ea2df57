import { GlassformerError, shownJson } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'
import { cleanUpSpaces } from '../sentences/spaces.ts'
import type { DecodeOptions, EncodeOptions, Tokenizer, TokenizerLanguages } from '../tokenizer/tokenizer.ts'
import type { Pipeline } from './pipeline.ts'
import type { SpecialNames } from './sentencepiece-pipeline.ts'
import { bare, filled, fitting, type Template } from './template.ts'
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

/** The place where a class adds the language of a text: before it, or after the end. */
export type LanguagePlace = 'first' | 'last'

/** The codes of languages among special tokens: fra_Latn (NLLB), fr_XX (mBART), `__fr__` (M2M100, whose code is fr), `__python__` (PLBart). */
const CODES = /^(?:([a-z]{2,3}_(?:[A-Z]{2}|[A-Z][a-z]{3}))|__([a-z]{2,10}(?:_[A-Za-z]+)?)__)$/

export interface HubTokenizerParts {
  pipeline: Pipeline
  configuration: HubConfiguration
  /** The position of languages; null for a class without languages. */
  languagePlace: LanguagePlace | null
  /** The id of the only target language; null where that is none; undefined: any language. */
  onlyTarget?: number | null
  /** The source language where the configuration names none. */
  sourceLanguage?: string
  /** The token that ends a text, where the configuration names none. */
  endToken: string
  /** The number of ids of the model, which may exceed the tokenizer's. */
  modelSize: number
  where: string
}

/**
 * The tokenizer of a Hugging Face folder; ids and texts equal those of its Python class. Both sides share the
 * vocabulary.
 */
export class HubTokenizer implements Tokenizer {
  readonly special: ReadonlyMap<string, number>
  readonly languages?: TokenizerLanguages
  readonly end?: number
  readonly #pipeline: Pipeline
  readonly #languageIds = new Map<string, number>()
  readonly #place: LanguagePlace | null
  readonly #source: string | undefined
  readonly #target: string | undefined
  readonly #cleansUp: boolean
  #forcesTarget = false
  readonly #modelSize: number
  readonly #where: string

  constructor({
    pipeline,
    configuration,
    languagePlace,
    onlyTarget,
    sourceLanguage,
    endToken,
    modelSize,
    where,
  }: HubTokenizerParts) {
    this.#pipeline = pipeline
    this.#where = where
    this.#modelSize = Math.max(modelSize, pipeline.tokens.length)
    this.special = new Map(pipeline.added.filter(({ special }) => special).map(({ content, id }) => [content, id]))
    this.#cleansUp = configuration.flag('clean_up_tokenization_spaces', false) && pipeline.canCleanUp
    this.#place = languagePlace
    const end = configuration.token('eos_token') ?? endToken
    this.end = pipeline.tokens.includes(end) ? pipeline.tokens.indexOf(end) : undefined
    if (languagePlace === null) return
    for (const [token, id] of this.special) {
      const [, plain, marked] = CODES.exec(token) ?? []
      const code = plain ?? marked
      if (code !== undefined) this.#languageIds.set(code, id)
    }
    const codes = [...this.#languageIds.keys()]
    const isTarget = (code: string) => onlyTarget === undefined || this.#languageIds.get(code) === onlyTarget
    this.languages = { source: codes, target: codes.filter(isTarget) }
    this.#forcesTarget = onlyTarget === undefined
    this.#source = this.#known(configuration.text('src_lang') ?? sourceLanguage)
    this.#target = this.#known(configuration.text('tgt_lang') ?? undefined)
  }

  get sourceSize(): number {
    return this.#pipeline.tokens.length
  }

  get targetSize(): number {
    return this.#pipeline.tokens.length
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    return this.#encode(text, options, options.source ?? this.#source)
  }

  encodeTarget(text: string, options: EncodeOptions = {}): number[] {
    return this.#encode(text, options, options.target ?? this.#target)
  }

  targetStart(language: string): number | undefined {
    return this.#forcesTarget ? this.#languageIds.get(language) : undefined
  }

  decode(ids: readonly number[], { special = false }: DecodeOptions = {}): string {
    const tokens = ids.map((id) => this.piece(id)).filter((token) => token !== '')
    const isSpecial = (token: string) => this.special.has(token)
    const kept = special ? tokens : tokens.filter((token) => !isSpecial(token))
    const text = this.#pipeline.textOf(kept, isSpecial)
    return this.#cleansUp ? cleanUpSpaces(text) : text
  }

  decodeSource(ids: readonly number[], options?: DecodeOptions): string {
    return this.decode(ids, options)
  }

  /** The token of an id; '' for an id of the model beyond the tokenizer's. */
  piece(id: number): string {
    const token = this.#pipeline.tokens[id]
    if (token !== undefined) return token
    if (Number.isInteger(id) && id >= 0 && id < this.#modelSize) return ''
    throw new GlassformerError(
      'ERR_INPUT',
      `there is no token with id ${id}: ${this.#where} has the ids 0 to ${this.#modelSize - 1}`,
    )
  }

  sourcePiece(id: number): string {
    return this.piece(id)
  }

  #encode(text: string, { pair, maxLength, special = true }: EncodeOptions, language: string | undefined): number[] {
    const template = special ? this.#template(language) : bare
    const first = this.#pipeline.idsOf(text)
    // An empty second text counts as none, as in Python.
    const second = pair ? this.#pipeline.idsOf(pair) : undefined
    if (maxLength === undefined) return filled(template, first, second)
    const [one, other] = fitting(template, maxLength, first.length, second?.length)
    return filled(template, first.slice(0, one), second?.slice(0, other))
  }

  #template(language: string | undefined): Template {
    if (this.#place === null || this.end === undefined) return this.#pipeline.template
    const ids = language === undefined ? [] : [entryOf(this.#languageIds, language)]
    const [before, after] = this.#place === 'first' ? [ids, [this.end]] : [[], [this.end, ...ids]]
    return { single: [...before, 'first', ...after], pair: [...before, 'first', 'second', ...after] }
  }

  #known(language: string | undefined): string | undefined {
    const code = language?.replace(/^__(.+)__$/, '$1')
    return code !== undefined && this.#languageIds.has(code) ? code : undefined
  }
}
