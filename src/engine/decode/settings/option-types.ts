import { either, finiteNumber, ids, integer, positiveNumber, type Type, text } from '../../../base/schema/types.ts'

export const someText: Type<string> = {
  expected: 'a text of one or more characters',
  accepts: (value): value is string => typeof value === 'string' && value.length > 0,
  json: { type: 'string', minLength: 1 },
}

/** Where drafts come from, or the draft. */
export const draftType: Type<string | readonly number[]> = {
  ...either(text, ids),
  expected: "'lookup', a text, or a list of ids",
}

/** Bias added to the score of the last id of the sequence when it follows the others. */
export const bias: Type<readonly [readonly number[], number]> = {
  expected: '[ids, number]',
  accepts: (value): value is readonly [readonly number[], number] =>
    Array.isArray(value) &&
    value.length === 2 &&
    value[0]?.length > 0 &&
    ids.accepts(value[0]) &&
    finiteNumber.accepts(value[1]),
  json: { type: 'array', prefixItems: [{ ...ids.json, minItems: 1 }, finiteNumber.json], minItems: 2, maxItems: 2 },
}

/**
 * The number of tokens after which the score of the end rises, and the factor by which it rises with each further
 * token.
 */
export const decay: Type<readonly [number, number]> = {
  expected: '[integer of at least 0, number above 0]',
  accepts: (value): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && integer(0).accepts(value[0]) && positiveNumber.accepts(value[1]),
  json: { type: 'array', prefixItems: [integer(0).json, positiveNumber.json], minItems: 2, maxItems: 2 },
}
