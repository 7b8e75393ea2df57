import { shown } from '../../base/errors.ts'
import { type Given, read, settings, type Values } from '../../base/schema/settings.ts'
import { integer, listOf, type Type, text } from '../../base/schema/types.ts'

/** A number of a tensor, by its place. */
export const originSettings = settings({
  tensor: { type: text, says: 'the name of its tensor' },
  at: {
    type: listOf(integer(0), 'a list of integers, from 0', 2),
    says: 'its place: [row, column], or [head, query, key] of scores and weights',
  },
})

/** An entry of the option `origins`. */
export interface OriginOption extends Given<typeof originSettings> {}

/** An entry of the option `origins`, checked. */
export type AskedOrigin = Values<typeof originSettings>

export const originsChoice: Type<readonly OriginOption[]> = {
  expected: 'a list of { tensor, at }',
  accepts: (value): value is readonly OriginOption[] => Array.isArray(value),
  read: (given, place) =>
    Array.isArray(given)
      ? given.map((each) => read(originSettings, each, place))
      : place.refuse(`option 'origins' must be a list of { tensor, at }, not ${shown(given)}`),
}
