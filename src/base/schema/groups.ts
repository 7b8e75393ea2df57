import { inOptions, type Place } from './place.ts'
import { read, type Schema, type Values } from './settings.ts'
import { oneOf, type Type } from './types.ts'

type Reader<T> = NonNullable<Type<T>['read']>

const objectType = <T>(reader: Reader<T>): Type<T> => ({
  expected: 'an object',
  accepts(value): value is T {
    try {
      reader(value, inOptions)
      return true
    } catch {
      return false
    }
  },
  read: reader,
})

/** The given object; an empty object where the setting is optional and left out. */
const objectIn = (value: unknown, place: Place, defaults: object | undefined, isNeeded: boolean): unknown =>
  place.isAbsent(value) && !defaults && !isNeeded ? {} : place.object(value)

/** Nested settings. The outer setting may be left out if none of its inner settings is required. */
export function groupOf<const S extends Schema>(schema: S): Type<Values<S>> {
  const isNeeded = Object.values(schema).some((setting) => setting.default === undefined && !setting.optional)
  return objectType((value, place, defaults) =>
    read(schema, objectIn(value, place, defaults, isNeeded), place, defaults),
  )
}

type Kinds = Readonly<Record<string, Schema>>
/** The result of reading settings of kinds. */
export type OfKind<K extends Kinds> = { [Kind in keyof K & string]: { kind: Kind } & Values<K[Kind]> }[keyof K & string]

/**
 * Nested settings whose `kind` decides which other settings exist. `byDefault` is the kind where the caller names none.
 */
export function kindsOf<const K extends Kinds>(schemas: K, byDefault?: keyof K & string): Type<OfKind<K>> {
  const type = oneOf(...Object.keys(schemas))
  const schemaOf = (kind: string): Schema => ({ kind: { type, default: byDefault, says: '' }, ...schemas[kind] })
  return objectType((value, place, defaults) => {
    const object = objectIn(value, place, defaults, byDefault === undefined) as Record<string, unknown>
    const kind = place.isAbsent(object.kind) && !defaults ? byDefault : object.kind
    if (!type.accepts(kind)) return place.fail('kind', type.expected, object.kind, type.choices)
    return read(schemaOf(kind), object, place, defaults) as OfKind<K>
  })
}
