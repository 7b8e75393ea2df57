type TypedArray = ArrayBufferView & { readonly length: number }

const nameOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int8Array.prototype), Symbol.toStringTag)!.get!

/**
 * Whether a value is a typed array of this type, from whatever realm. In Jest, in vitest's vmThreads and in node:vm a realm has its own
 * Float32Array, and arrays of a worker or a caller are no instances of it.
 */
export const isArrayOf = <T extends TypedArray>(
  type: { readonly name: string; new (length: number): T },
  value: unknown,
): value is T => nameOf.call(value) === type.name
