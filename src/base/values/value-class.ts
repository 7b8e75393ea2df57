type TypedArray = ArrayBufferView & { readonly length: number }

// biome-ignore lint/style/noNonNullAssertion: the language defines this property
const nameOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int8Array.prototype), Symbol.toStringTag)!.get!

/**
 * Whether a value is a typed array of this type, even one created in another realm. Jest, vitest's vmThreads and
 * node:vm run code in a realm with its own Float32Array, so arrays that come from a worker or a caller fail
 * `instanceof`.
 */
export const isArrayOf = <T extends TypedArray>(
  type: { readonly name: string; new (length: number): T },
  value: unknown,
): value is T => nameOf.call(value) === type.name

/**
 * The name that a built-in class gives its objects, 'Error' or 'Blob', for objects of every realm; `instanceof` is
 * false for objects of another realm.
 */
export function kindOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1)
  } catch {
    return '' // a proxy may throw
  }
}

/** Whether a value is a Blob, which a File is too. */
export const isBlob = (value: unknown): value is Blob => /^(?:Blob|File)$/.test(kindOf(value))

/** Whether a value is a WebAssembly.Module. */
export const isWasmModule = (value: unknown): value is object => kindOf(value) === 'WebAssembly.Module'

export const isUrl = (value: unknown): value is URL => kindOf(value) === 'URL'

// The class of a value, found by calling a getter that works only on that class; works for values of every realm.
// `instanceof` is false for values of another realm.

// biome-ignore lint/style/noNonNullAssertion: the language defines this property
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
