import { GlassformerError, shown } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { Type } from '../../../base/schema/types.ts'
import { whole } from '../../../base/values/number-text.ts'
import { isMap } from '../../../base/values/value-class.ts'
import { entriesIn, type GlossaryEntry, PreparedGlossary } from './prepared-glossary.ts'

/** The translation of a term, or a list of several that are allowed. */
export type GlossaryTarget = string | readonly string[]

/** A glossary: an object, a Map, or a list of pairs, each a term and its translation. */
export type Glossary =
  | Readonly<Record<string, GlossaryTarget>>
  | ReadonlyMap<string, GlossaryTarget>
  | readonly (readonly [source: string, target: GlossaryTarget])[]
  | PreparedGlossary

export type { GlossaryEntry }

const MOST_ENTRIES = 100_000
const LONGEST = 1000

/** Several targets of an entry are one text, between which this stands. */
const BETWEEN = ' | '

const isWords = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LONGEST && value.trim() !== '' && !/[\r\n]/.test(value)

function pairsOf(glossary: unknown): unknown[] | null {
  if (glossary instanceof PreparedGlossary) return entriesIn(glossary.text)
  if (Array.isArray(glossary)) return Array.from(glossary)
  if (isMap(glossary)) return [...glossary]
  if (typeof glossary !== 'object' || glossary === null) return null
  const prototype: unknown = Object.getPrototypeOf(glossary)
  return prototype === null || Object.getPrototypeOf(prototype) === null ? Object.entries(glossary) : null
}

const words = { type: 'string', minLength: 1, maxLength: LONGEST }
const targets = { anyOf: [words, { type: 'array', items: words, minItems: 1 }] }

export const glossaryType: Type<Glossary> = {
  expected: `an object, a Map or a list of pairs of terms and their translations, at most ${whole(MOST_ENTRIES)}`,
  accepts: (value): value is Glossary =>
    value instanceof PreparedGlossary || (pairsOf(value)?.length ?? Infinity) <= MOST_ENTRIES,
  json: {
    anyOf: [
      { type: 'object', additionalProperties: targets, maxProperties: MOST_ENTRIES },
      { type: 'array', items: { type: 'array', items: targets, minItems: 2, maxItems: 2 }, maxItems: MOST_ENTRIES },
    ],
  },
}

/**
 * The entries of a glossary, trimmed. If a term occurs several times, its last entry is used. `place` names the n-th
 * entry in messages.
 * @throws GlassformerError ERR_OPTION, with the position of an invalid entry
 */
export function entriesOf(glossary: Glossary, place = (n: number) => `option 'glossary', entry ${n}`): GlossaryEntry[] {
  const entries = new Map<string, string>()
  for (const [n, pair] of present(pairsOf(glossary)).entries()) {
    const wrong = (message: string) => new GlassformerError('ERR_OPTION', `${place(n)}: ${message}`)
    if (!Array.isArray(pair) || pair.length !== 2)
      throw wrong(`it must be a pair of a term and its translation, not ${shown(pair)}`)
    const [source, given] = pair as unknown[]
    const target = Array.isArray(given) ? given.map((each) => (isWords(each) ? each.trim() : '')).join(BETWEEN) : given
    for (const [what, words] of [
      ['term', source],
      ['translation', target],
    ] as const)
      if (!isWords(words))
        throw wrong(`the ${what} must be a text of one line, with 1 to ${LONGEST} characters, not ${shown(words)}`)
    entries.set((source as string).trim(), (target as string).trim())
  }
  return [...entries]
}

/**
 * The form of a glossary in messages to workers.
 * @throws GlassformerError as `entriesOf`
 */
export const prepared = (glossary: Glossary): PreparedGlossary =>
  glossary instanceof PreparedGlossary ? glossary : PreparedGlossary.from(entriesOf(glossary))
