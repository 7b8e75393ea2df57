// The class of a value, found by calling a getter that works only on that class; works for values of every realm.
// `instanceof` is false for values of another realm.

const readerOf = (prototype: object, name: string) => Object.getOwnPropertyDescriptor(prototype, name)!.get!
const mapSize = readerOf(Map.prototype, 'size')
const isGlobal = readerOf(RegExp.prototype, 'global')

const canRead = (reader: () => unknown, value: unknown): boolean => {
  try {
    return reader.call(value) !== undefined
  } catch {
    return false
  }
}

export const isMap = (value: unknown): value is Map<unknown, unknown> => canRead(mapSize, value)

/** False for `RegExp.prototype`, whose flags are undefined. */
export const isRegExp = (value: unknown): value is RegExp => canRead(isGlobal, value)
