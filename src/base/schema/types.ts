import type { Place } from './place.ts'

/** A schema of JSON values (JSON Schema, draft 2020-12), as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The type of a setting: a predicate, and its description in messages, help and docs. */
export interface Type<T> {
  /** Completes "it must be …": 'an integer from 1 to 1024'. */
  readonly expected: string
  readonly accepts: (value: unknown) => value is T
  /**
   * Parses a command-line argument; undefined where the text is not a value of this type. A type without `parse` has no
   * flag.
   */
  readonly parse?: (text: string) => T | undefined
  /** The list of allowed values, where there is one. */
  readonly choices?: readonly T[]
  /** The type in JSON Schema; absent where JSON Schema cannot express it. */
  readonly json?: JsonSchema
  /** A wider type that is checked first; an error about a value outside the wider type names only the wider type. */
  readonly within?: Type<unknown>
  /** Reads nested settings: see `groupOf`. `defaults` replace the defaults of the schema. */
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

/** The number that a text spells. White space is not a number, although Number('') is 0. */
const numberIn = (text: string) => (text.trim() ? Number(text) : undefined)

/** An integer from `low` to `high`, both included; without `high` there is no upper limit. */
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

/** A finite number that passes `isWithin`; `expected` describes such numbers. */
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

/** A number from `low` to `high`, both included. */
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
/** A fraction above 0 and at most 1. */
export const part: Type<number> = positiveUpTo(1)
/** A fraction from 0 to below 1, as a dropout rate. */
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

/** A text without white space; it may be empty. */
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

/** A list of at least `least` values of a type; `expected` describes it in messages. */
export const listOf = <T>(type: Type<T>, expected: string, least = 0): Type<readonly T[]> => ({
  expected,
  accepts: (value): value is readonly T[] =>
    Array.isArray(value) && value.length >= least && Array.from(value).every((each) => type.accepts(each)),
  ...(type.json && { json: { type: 'array', items: type.json, minItems: least } }),
})

export const ids: Type<readonly number[]> = listOf(id, 'a list of ids')

/** A value of one of two types. A command-line argument is parsed by the first type that accepts it. */
export const either = <A, B>(first: Type<A>, second: Type<B>): Type<A | B> => ({
  expected: `${first.expected} or ${second.expected}`,
  accepts: (value): value is A | B => first.accepts(value) || second.accepts(value),
  ...(first.choices && second.choices && { choices: [...first.choices, ...second.choices] }),
  ...(first.json && second.json && { json: { anyOf: [first.json, second.json] } }),
  ...((first.parse || second.parse) && {
    parse: (given: string) => first.parse?.(given) ?? second.parse?.(given),
  }),
})
