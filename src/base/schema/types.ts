import type { Place } from './place.ts'

/** A schema of JSON values (JSON Schema, draft 2020-12), as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What a setting may be: a predicate, and the words of messages, help and docs for it. */
export interface Type<T> {
  /** Completes "it must be …": 'an integer from 1 to 1024'. */
  readonly expected: string
  readonly accepts: (value: unknown) => value is T
  /** Reads a text of a command line; undefined where the text is no value of this type. A type without `parse` has no flag. */
  readonly parse?: (text: string) => T | undefined
  /** The only values, where they can be listed. */
  readonly choices?: readonly T[]
  /** The type as JSON Schema says it; absent where JSON has no such values, or as many as `accepts` tells. */
  readonly json?: JsonSchema
  /** A wider type that is checked first; for a value that is not of the wider type, a message names only that type. */
  readonly within?: Type<unknown>
  /** Reads the settings within a setting: see `groupOf`. `defaults` take the place of their own defaults. */
  readonly read?: (value: unknown, place: Place, defaults?: object) => T
}

const inRange = (value: unknown, low: number, high: number): boolean =>
  typeof value === 'number' && value >= low && value <= high

function fromText<T>(type: Type<T>, read: (text: string) => unknown): Type<T> {
  const parse = (text: string) => {
    const value = read(text)
    return type.accepts(value) ? value : undefined
  }
  return { ...type, parse }
}

/** The number in a text. White space is no number, although Number('') is 0. */
const numberIn = (text: string) => (text.trim() ? Number(text) : undefined)

/** An integer within `low` and `high`, both included; `high` is left out where there is no limit. */
export const integer = (low: number, high = Number.MAX_SAFE_INTEGER): Type<number> =>
  fromText(
    {
      expected: `an integer ${high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`}`,
      accepts: (value): value is number => Number.isSafeInteger(value) && inRange(value, low, high),
      json: { type: 'integer', minimum: low, maximum: high },
    },
    (text) => (/^-?\d+$/.test(text) ? Number(text) : undefined),
  )

export const positiveInteger: Type<number> = { ...integer(1), expected: 'a positive integer' }

export const finiteNumber: Type<number> = fromText(
  {
    expected: 'a finite number',
    accepts: (value): value is number => Number.isFinite(value),
    json: { type: 'number' },
  },
  numberIn,
)

/** A finite number that passes `isWithin`; `expected` says which numbers pass. */
const number = (expected: string, isWithin: (value: number) => boolean, json: JsonSchema): Type<number> =>
  fromText(
    {
      expected,
      json: { type: 'number', ...json },
      accepts: (value): value is number => finiteNumber.accepts(value) && isWithin(value),
      within: finiteNumber,
    },
    numberIn,
  )

/** A number within `low` and `high`, both included. */
export const numberFrom = (low: number, high: number): Type<number> =>
  fromText(
    {
      expected: `a number from ${low} to ${high}`,
      json: { type: 'number', minimum: low, maximum: high },
      accepts: (value): value is number => inRange(value, low, high),
    },
    numberIn,
  )

export const positiveNumber: Type<number> = number('above 0', (value) => value > 0, { exclusiveMinimum: 0 })
export const notNegativeNumber: Type<number> = number('at least 0', (value) => value >= 0, { minimum: 0 })
/** A number above 0 and at most `high`. */
export const positiveUpTo = (high: number): Type<number> =>
  number(`above 0 and at most ${high}`, (value) => value > 0 && value <= high, { exclusiveMinimum: 0, maximum: high })
/** A part of a whole that may be all of it, and not nothing. */
export const part: Type<number> = positiveUpTo(1)
/** A share of a whole that is never all of it, as of dropout. */
export const share: Type<number> = number('at least 0 and below 1', (value) => value >= 0 && value < 1, {
  minimum: 0,
  exclusiveMaximum: 1,
})

export const flag: Type<boolean> = {
  expected: 'true or false',
  accepts: (value): value is boolean => typeof value === 'boolean',
  json: { type: 'boolean' },
  choices: [true, false],
}

export const text: Type<string> = fromText(
  {
    expected: 'a text',
    accepts: (value): value is string => typeof value === 'string',
    json: { type: 'string' },
  },
  (given) => given,
)

/** A text without white space, which may have no characters either. */
export const wordOrNothing: Type<string> = fromText(
  {
    expected: 'a text without white space',
    accepts: (value): value is string => typeof value === 'string' && !/\s/.test(value),
  },
  (given) => given,
)

/** One of these texts. */
export const oneOf = <const T extends string>(...choices: readonly T[]): Type<T> =>
  fromText(
    {
      expected: choices.length === 1 ? `'${choices[0]}'` : `one of ${choices.join(', ')}`,
      accepts: (value): value is T => choices.includes(value as T),
      choices,
      json: { type: 'string', enum: choices },
    },
    (given) => given,
  )

/** A value that behaves like an AbortSignal. Signals of another realm or of a library have another class. */
export const abortSignal: Type<AbortSignal> = {
  expected: 'an AbortSignal',
  accepts(value): value is AbortSignal {
    try {
      const { aborted, addEventListener, removeEventListener } = value as AbortSignal
      return (
        typeof aborted === 'boolean' &&
        typeof addEventListener === 'function' &&
        typeof removeEventListener === 'function'
      )
    } catch {
      return false // the value is null, or throws when it is read
    }
  },
}

/** The id of a token. */
export const id: Type<number> = { ...integer(0), expected: 'an id' }

/** A list of at least `least` values of a type, with the words for it. */
export const listOf = <T>(type: Type<T>, expected: string, least = 0): Type<readonly T[]> => ({
  expected,
  accepts: (value): value is readonly T[] =>
    Array.isArray(value) && value.length >= least && Array.from(value).every((each) => type.accepts(each)),
  ...(type.json && { json: { type: 'array', items: type.json, minItems: least } }),
})

export const ids: Type<readonly number[]> = listOf(id, 'a list of ids')

/** A value of one of two types. The text of a command line is read by the first type that accepts it. */
export const either = <A, B>(first: Type<A>, second: Type<B>): Type<A | B> => ({
  expected: `${first.expected} or ${second.expected}`,
  accepts: (value): value is A | B => first.accepts(value) || second.accepts(value),
  ...(first.choices && second.choices && { choices: [...first.choices, ...second.choices] }),
  ...(first.json && second.json && { json: { anyOf: [first.json, second.json] } }),
  ...((first.parse || second.parse) && {
    parse: (given: string) => first.parse?.(given) ?? second.parse?.(given),
  }),
})
