import { GlassformerError } from '../../../base/errors.ts'
import { reading } from '../../../base/reading.ts'
import { inOptions } from '../../../base/schema/place.ts'
import { defaultsOf, read } from '../../../base/schema/settings.ts'
import { checkIds } from '../../../engine/decode/check-ids.ts'
import { fitted, type GenerationOptions, generationSettings } from '../../../engine/decode/settings/options.ts'
import { isDecoderOnly, type ModelConfig } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import { checkSupported } from '../../../files/folders/generation/unsupported-setting.ts'
import type { ConfidenceModel } from '../../../files/folders/layout/confidence-file.ts'
import type { Format } from '../../../language/markup/document/formats.ts'
import type { MemoryMatch, RemoteMemory, TranslationMemory } from '../../../language/memory/index.ts'
import type { Protection } from '../../../language/protect/found.ts'
import { protectionOf } from '../../../language/protect/protect-option.ts'
import type { Languages } from '../../../language/text/languages.ts'
import { readScheduling, type Scheduling, schedulingSettings } from '../../../workers/requests/scheduling.ts'
import { prepared } from './glossary-option.ts'
import type { ModelInfo } from './model-info.ts'
import { type Split, type TranslateOptions, textSettings } from './options.ts'
import type { PreparedGlossary } from './prepared-glossary.ts'

const translateSettings = { ...generationSettings, ...textSettings, ...schedulingSettings }

/** Checked and complete TranslateOptions, as sent to a worker. */
export interface ResolvedTranslateOptions {
  generation: GenerationOptions
  split: Split
  packTokens?: number
  context?: string
  protection: Protection
  copyUnknown: boolean
  numbers: boolean
  readCapitals: boolean
  glossary?: PreparedGlossary
  /** Units like the source, best first: its translation begins as that of the first, where it has one sentence. */
  similar?: readonly MemoryMatch[]
  /** How probably words are right, where confidence is asked for. */
  confidenceModel?: ConfidenceModel
  confidence: boolean
  minConfidence: number
  attention: boolean
  alignment: boolean
  /** The low-rank adapter that is added to the model. */
  adapter?: Adapter
  /** The languages that the caller chooses. */
  languages?: Languages
}

/** Options of a `translate` call: how texts are translated, and the format of its sources. */
export interface ResolvedCall extends ResolvedTranslateOptions {
  /** The name of the adapter, which is looked up when the call begins. */
  adapterName?: string
  format: Format
  /**
   * The memory that is asked before the model, how much a suggestion must be like its text, and whether translations
   * begin as the best one.
   */
  memory?: { memory: TranslationMemory | RemoteMemory; threshold: number; begins: boolean }
  /** Options of documents. */
  document: ResolvedDocument
  scheduling: Scheduling
}

/** Checked and complete options of documents. */
export interface ResolvedDocument {
  retranslate: boolean
  columns: readonly string[]
  attributes: boolean
  properties: boolean
  direction: 'auto' | 'ltr' | 'rtl'
}

/** @throws GlassformerError ERR_OPTION, naming the option and its allowed values */
export function resolveTranslateOptions(
  options: TranslateOptions,
  defaults: GenerationOptions,
  model: ModelConfig,
): ResolvedCall {
  const byDefault = { ...defaults, ...defaultsOf(textSettings), ...defaultsOf(schedulingSettings) }
  const {
    split,
    packTokens,
    context,
    protect,
    copyUnknown,
    numbers,
    readCapitals,
    glossary,
    memory,
    memoryThreshold,
    memoryUse,
    confidence,
    minConfidence,
    attention,
    alignment,
    format,
    retranslate,
    columns,
    attributes,
    properties,
    direction,
    adapter,
    sourceLanguage,
    targetLanguage,
    signal,
    timeout,
    priority,
    client,
    ...generation
  } = read(translateSettings, options, inOptions, byDefault)
  fitted(generation, options)
  checkIds(generation, model)
  if (alignment && !model.alignment)
    throw new GlassformerError(
      'ERR_OPTION',
      "option 'alignment': the model has no head that was trained to align words; take 'attention'",
    )
  if (isDecoderOnly(model)) checkForPrompts({ glossary, attention, format, replaceUnknown: generation.replaceUnknown })
  const languages = { sourceLanguage, targetLanguage }
  const terms = glossary && reading("option 'glossary'", () => prepared(glossary), 'ERR_OPTION')
  if (terms?.text && generation.sample)
    throw new GlassformerError('ERR_OPTION', "option 'glossary' cannot go with sample: terms are searched for by beams")
  const protection = reading("option 'protect'", () => protectionOf(protect), 'ERR_OPTION')
  return {
    generation,
    split,
    ...(packTokens !== undefined && { packTokens }),
    ...(context && { context }),
    protection,
    copyUnknown,
    numbers,
    readCapitals,
    ...(terms && { glossary: terms }),
    ...(memory && { memory: { memory, threshold: memoryThreshold, begins: memoryUse === 'begin' } }),
    ...(adapter !== undefined && { adapterName: adapter }),
    confidence,
    minConfidence,
    attention,
    alignment,
    format,
    document: { retranslate, columns, attributes, properties, direction },
    scheduling: { signal, timeout, priority, client },
    ...((sourceLanguage ?? targetLanguage) !== undefined && { languages }),
  }
}

/** Largest number of option objects that are remembered. */
const MOST = 64

/**
 * Cache of checked options. Checking sixty options takes longer than everything else that a call with one sentence does
 * on the calling thread.
 */
export class ResolvedCalls {
  readonly #model: ModelInfo
  readonly #readConfidence: (path: string) => ConfidenceModel
  /** How probably the model's words are right, once a request has asked for it. */
  #confidence: ConfidenceModel | null = null
  readonly #known = new Map<string, ResolvedCall>()

  /** `readConfidence` reads it from the model's folder. */
  constructor(model: ModelInfo, readConfidence: (path: string) => ConfidenceModel) {
    this.#model = model
    this.#readConfidence = readConfidence
  }

  /** @throws GlassformerError ERR_OPTION, ERR_UNSUPPORTED; ERR_MODEL_FORMAT for a damaged file of confidence */
  of(options: TranslateOptions): ResolvedCall {
    const key = keyOf(options)
    const known = key === null ? undefined : this.#known.get(key)
    if (known) {
      const { signal, timeout, priority, client } = options
      return { ...known, scheduling: readScheduling({ signal, timeout, priority, client }) }
    }
    const resolved = this.#resolve(options)
    if (key === null) return resolved
    if (this.#known.size === MOST) this.#known.clear()
    this.#known.set(key, resolved)
    return resolved
  }

  #resolve(options: TranslateOptions): ResolvedCall {
    const resolved = resolveTranslateOptions(options, this.#model.defaults, this.#model.config)
    checkForModel(this.#model, options, resolved.generation)
    if (!resolved.confidence && resolved.minConfidence === 0) return resolved
    this.#confidence ??= this.#readConfidence(this.#model.path)
    return { ...resolved, confidenceModel: this.#confidence }
  }
}

/** A key for the options without the scheduling options; null if they hold objects, which may change. */
function keyOf(options: TranslateOptions): string | null {
  try {
    const said: unknown[] = []
    for (const name in options) {
      if (Object.hasOwn(schedulingSettings, name)) continue
      const value = options[name as keyof TranslateOptions]
      if (typeof value === 'object' && value !== null) return null
      said.push(name, typeof value, String(value))
    }
    return typeof options === 'object' && options !== null ? JSON.stringify(said) : null
  } catch {
    return null // whoever reads them next says why
  }
}

/** @throws GlassformerError ERR_OPTION, ERR_UNSUPPORTED if the model does not support the options of a search */
export function checkForModel(
  { path, hasShortlist, unsupported }: ModelInfo,
  given: Partial<GenerationOptions>,
  resolved: GenerationOptions,
): void {
  checkShortlist(resolved, path, hasShortlist)
  checkSupported(unsupported, given, resolved, path)
}

/** @throws GlassformerError ERR_OPTION for what only a model with an encoder has */
function checkForPrompts({ format, ...options }: { format: Format } & Record<string, unknown>): void {
  for (const [name, value] of Object.entries({ ...options, format: format !== 'text' }))
    if (value)
      throw new GlassformerError(
        'ERR_OPTION',
        `option '${name}' is for models that read a source; this one is a decoder alone, which goes on with a prompt`,
      )
}

/** @throws GlassformerError ERR_OPTION if a method that takes texts is given the format of documents */
export function checkIsText({ format }: ResolvedCall, method: string): void {
  if (format !== 'text')
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'format': ${method} takes texts; translate takes documents in ${format}`,
    )
}

/** @throws GlassformerError ERR_OPTION if a shortlist is asked for and the model has none */
export function checkShortlist({ shortlist }: GenerationOptions, path: string, hasShortlist: boolean): void {
  if (shortlist && !hasShortlist)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'shortlist': ${path} has no table for it; 'npx glassformer shortlist' makes one from sentence pairs`,
    )
}
