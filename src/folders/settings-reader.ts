import { GlassformerError } from '../errors.ts'
import type { SpecialIds } from '../weights/config.ts'
import { isGenerationSetting } from './generation-settings.ts'

/** Whose settings they are, for messages, and the ids of the model they are for. */
export interface SettingsContext {
  /** The file, or what the caller calls its settings. */
  where: string
  /** ERR_MODEL_FORMAT for a folder's file, ERR_OPTION for what a caller passes. */
  code: 'ERR_MODEL_FORMAT' | 'ERR_OPTION'
  ids: SpecialIds
}

/** The settings of generate() as JSON: generation_config.json, or a call's keyword arguments. */
export type HuggingFaceSettings = Readonly<Record<string, unknown>>

/** ERR_UNSUPPORTED for a setting, by name and value. */
export function unsupportedSetting(name: string, value: unknown, { where }: SettingsContext): GlassformerError {
  const known = isGenerationSetting(name) ? 'is not supported by this version' : 'is no setting that this version knows'
  return new GlassformerError('ERR_UNSUPPORTED', `${where}: ${name} = ${JSON.stringify(value)} ${known}; remove it`)
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Reads settings by type; every fault names the setting, its value and what it may be. */
export class SettingsReader {
  readonly #given: ReadonlyMap<string, unknown>
  readonly #context: SettingsContext

  constructor(given: ReadonlyMap<string, unknown>, context: SettingsContext) {
    this.#given = given
    this.#context = context
  }

  fail(name: string, what: string): never {
    const { code, where } = this.#context
    throw new GlassformerError(code, `${where}: ${name} must be ${what}, not ${JSON.stringify(this.#given.get(name))}`)
  }

  natural(name: string, low: number, byDefault: number): number {
    const value = this.#given.get(name) ?? byDefault
    if (!Number.isSafeInteger(value) || (value as number) < low) this.fail(name, `an integer of at least ${low}`)
    return value as number
  }

  number(name: string, byDefault: number): number {
    const value = this.#given.get(name) ?? byDefault
    if (typeof value !== 'number' || !Number.isFinite(value)) this.fail(name, 'a finite number')
    return value as number
  }

  flag(name: string): boolean {
    const value = this.#given.get(name) ?? false
    if (typeof value !== 'boolean') this.fail(name, 'true or false')
    return value as boolean
  }

  earlyStopping(): boolean | 'never' {
    const value = this.#given.get('early_stopping') ?? false
    if (typeof value !== 'boolean' && value !== 'never') this.fail('early_stopping', `true, false or "never"`)
    return value as boolean | 'never'
  }

  /** Generated tokens: `fresh` counts them, and wins; `whole` counts the start token as well. */
  length(whole: 'min_length' | 'max_length', fresh: 'min_new_tokens' | 'max_new_tokens'): number | null {
    const low = whole === 'max_length' ? 1 : 0
    if (this.#given.has(fresh)) return this.natural(fresh, low, low)
    return this.#given.has(whole) ? Math.max(0, this.natural(whole, 2 * low, 0) - 1) : null
  }

  /** One id, also as a list of one. */
  id(name: string): number | null {
    const value = this.#given.get(name)
    if (value === undefined) return null
    if (isId(value)) return value
    if (!Array.isArray(value) || !value.length || !value.every(isId)) this.fail(name, 'an id')
    const list = value as number[]
    if (list.length > 1) throw unsupportedSetting(name, value, this.#context)
    return list[0]
  }

  ids(name: string): number[] {
    const value = this.#given.get(name) ?? []
    if (!Array.isArray(value) || !value.every(isId)) this.fail(name, 'a list of ids')
    return value as number[]
  }

  sequences(name: string): number[][] {
    const value = this.#given.get(name) ?? []
    if (!Array.isArray(value) || !value.every((ids) => Array.isArray(ids) && ids.length && ids.every(isId)))
      this.fail(name, 'a list of lists of ids')
    return value as number[][]
  }
}
