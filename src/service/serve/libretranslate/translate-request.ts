import { GlassformerError } from '../../../base/errors.ts'
import { type Fields, flagIn, textIn } from '../requests/fields.ts'

/** A request for translations in LibreTranslate's form. */
export interface LibreRequest {
  texts: string[]
  /** Whether the request has one text, and not a list. */
  isOne: boolean
  /** `auto`: the language is detected. */
  source: string
  target: string
  format: 'text' | 'html'
  /** The number of alternative translations for each text. */
  alternatives: number
  /** Whether each translation says how probably it is right. */
  confidence: boolean
}

const refused = (message: string) => new GlassformerError('ERR_INPUT', `Invalid request: ${message}`)

/** `most`: the maximum number of alternatives. @throws GlassformerError ERR_INPUT */
export function readLibreRequest(fields: Fields, most: number): LibreRequest {
  const { texts, isOne } = textsIn(fields)
  const format = textOr(fields, 'format', 'text')
  if (format !== 'text' && format !== 'html') throw refused(`${format.slice(0, 40)} format is not supported`)
  const alternatives = Number(textIn(fields, 'alternatives') ?? 0)
  if (!Number.isInteger(alternatives) || alternatives < 0) throw refused("'alternatives' is no integer of at least 0")
  if (alternatives > most) throw refused(`'alternatives' may be at most ${most}`)
  return {
    texts,
    isOne,
    source: textOr(fields, 'source'),
    target: textOr(fields, 'target'),
    format,
    alternatives,
    confidence: flagIn(fields, 'confidence', false),
  }
}

/** The field `q`: a text, or a list of texts. @throws GlassformerError ERR_INPUT */
export function textsIn({ q }: Fields): { texts: string[]; isOne: boolean } {
  if (q === undefined || q === null) throw refused('missing q parameter')
  const texts = Array.isArray(q) ? q : [q]
  if (!texts.every((each): each is string => typeof each === 'string')) throw refused('q is no text')
  return { texts, isOne: !Array.isArray(q) }
}

/** The text of a required field. @throws GlassformerError ERR_INPUT */
export function textOr(fields: Fields, name: string, otherwise?: string): string {
  const value = fields[name] || otherwise
  if (!value) throw refused(`missing ${name} parameter`)
  if (typeof value !== 'string') throw refused(`${name} is no text`)
  return value
}
