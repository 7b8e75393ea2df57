import { GlassformerError } from '../../../base/errors.ts'

/** The fields of a body: JSON, or a form, where all values are texts. */
export type Fields = Readonly<Record<string, unknown>>

export const refused = (message: string) => new GlassformerError('ERR_INPUT', message)

/** @throws GlassformerError ERR_INPUT for a body without fields */
export function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw refused('The body must be a JSON object or a form.')
  return body as Fields
}

/** The text of a field; undefined for a missing field. @throws GlassformerError ERR_INPUT */
export function textIn(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw refused(`Value for '${name}' not supported.`)
}

/** The texts of a field that may be one or many. @throws GlassformerError ERR_INPUT */
export function textsIn(fields: Fields, name: string): string[] | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  const list = Array.isArray(value) ? value : [value]
  if (!list.every((each): each is string => typeof each === 'string'))
    throw refused(`Value for '${name}' not supported.`)
  return list
}

/** A list of names: `a,b` in a form, a list in JSON. @throws GlassformerError ERR_INPUT */
export const namesIn = (fields: Fields, name: string): ReadonlySet<string> =>
  new Set(
    textsIn(fields, name)
      ?.flatMap((each) => each.split(','))
      .map((each) => each.trim())
      .filter(Boolean),
  )

/** A boolean: true, `1` or `true`. @throws GlassformerError ERR_INPUT */
export function flagIn(fields: Fields, name: string, byDefault: boolean): boolean {
  const value = textIn(fields, name)
  if (value === undefined) return byDefault
  if (/^(?:1|true)$/i.test(value)) return true
  if (/^(?:0|false)$/i.test(value)) return false
  throw refused(`Value for '${name}' not supported.`)
}

/** One of these words. @throws GlassformerError ERR_INPUT */
export function oneIn<const T extends string>(fields: Fields, name: string, choices: readonly T[]): T | undefined {
  const value = textIn(fields, name)
  if (value === undefined || choices.includes(value as T)) return value as T | undefined
  throw refused(`Value for '${name}' not supported.`)
}
