import type { Type } from '../../base/schema/types.ts'
import { isRegExp } from '../../base/values/value-class.ts'
import type { Protection } from './found.ts'

/**
 * The parts that a caller wants protected: unmistakable parts (true), none (false), or unmistakable parts and these
 * patterns or texts.
 */
export type Protect = boolean | readonly (RegExp | string)[]

const MOST_PATTERNS = 256

const isPattern = (value: unknown): value is RegExp | string =>
  isRegExp(value) || (typeof value === 'string' && value !== '')

export const protectType: Type<Protect> = {
  expected: `true, false, or a list of at most ${MOST_PATTERNS} regular expressions and texts`,
  accepts: (value): value is Protect =>
    typeof value === 'boolean' ||
    (Array.isArray(value) && value.length <= MOST_PATTERNS && Array.from(value).every(isPattern)),
  json: {
    anyOf: [{ type: 'boolean' }, { type: 'array', maxItems: MOST_PATTERNS, items: { type: 'string', minLength: 1 } }],
  },
}

/** The protected parts in the form for searching and for sending to workers. */
export const protectionOf = (protect: Protect): Protection =>
  typeof protect === 'boolean'
    ? { unmistakable: protect, own: [] }
    : { unmistakable: true, own: protect.map((each) => (typeof each === 'string' ? literal(each) : everywhere(each))) }

const literal = (text: string) => new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'g')

/** A pattern that is found at any position, even where the given pattern is sticky. */
const everywhere = ({ source, flags }: RegExp) => new RegExp(source, `${flags.replace(/[gy]/g, '')}g`)
