import { listOf, type Type, text } from '../../../base/schema/types.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import { samplingSettings } from './generation-settings.ts'

const texts = listOf(text, 'a text or a list of texts') as Type<string[]>

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Reads the settings of generate() from the JSON of generation_config.json. */
export class SettingsReader extends JsonFields {
  earlyStopping(): boolean | 'never' {
    const value = this.value('early_stopping') ?? false
    if (typeof value === 'boolean' || value === 'never') return value
    return this.fail('early_stopping', 'true, false or "never"')
  }

  /**
   * A length in generated tokens. The setting `fresh` counts generated tokens and takes precedence; the setting `whole`
   * also counts the start and a prompt of `prompt` tokens.
   */
  length(
    whole: 'min_length' | 'max_length',
    fresh: 'min_new_tokens' | 'max_new_tokens',
    prompt: number,
  ): number | null {
    const low = whole === 'max_length' ? 1 : 0
    if (this.has(fresh)) return this.#atLeast(low, fresh)
    return this.has(whole) ? Math.max(0, this.#atLeast(low && prompt + 2, whole) - 1 - prompt) : null
  }

  /** A value of `type`. Wrong sampling settings are ignored where sampling is off. */
  ofType<T>(name: string, type: Type<T>, byDefault: T): T {
    const value = this.value(name) ?? byDefault
    if (type.accepts(value)) return value
    const isIdle = (samplingSettings as readonly string[]).includes(name) && this.value('do_sample') !== true
    return isIdle ? byDefault : this.fail(name, type.expected)
  }

  /** A text, or a list of texts. */
  textOrTexts(name: string): string[] {
    const value = this.value(name) ?? []
    return typeof value === 'string' ? [value] : this.ofType(name, texts, value as string[])
  }

  /**
   * One id, also as a list of one. For a longer list the result is the first id; only `fromHuggingFace` treats such a
   * list as a fault.
   */
  override id(name: string): number | null {
    const value = this.value(name)
    if (value === undefined) return null
    if (isId(value)) return value
    if (!Array.isArray(value) || !value.length || !value.every(isId)) return this.fail(name, 'an id')
    return value[0]
  }

  /** One id, or several, as a list; null where there are none. */
  oneOrMore(name: string): number[] | null {
    const value = this.value(name)
    if (value === undefined) return null
    const ids = Array.isArray(value) ? value : [value]
    return ids.length && ids.every(isId) ? ids : this.fail(name, 'an id or a list of ids')
  }

  ids(name: string): number[] {
    const value = this.value(name) ?? []
    return Array.isArray(value) && value.every(isId) ? value : this.fail(name, 'a list of ids')
  }

  sequences(name: string): number[][] {
    const value = this.value(name) ?? []
    const isSequence = (ids: unknown) => Array.isArray(ids) && ids.length > 0 && ids.every(isId)
    return Array.isArray(value) && value.every(isSequence) ? value : this.fail(name, 'a list of lists of ids')
  }

  #atLeast(low: number, name: string): number {
    const value = this.value(name)
    return isId(value) && value >= low ? value : this.fail(name, `an integer of at least ${low}`)
  }
}
