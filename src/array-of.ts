type TypedArray = ArrayBufferView & { readonly length: number }

const nameOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int8Array.prototype), Symbol.toStringTag)!.get!

/**
 * Whether a value is a typed array of this type, of whatever realm. In Jest, in vitest's vmThreads and in node:vm a realm has its own
 * Float32Array, of which a worker's or a caller's is no instance.
 */
export const isArrayOf = <T extends TypedArray>(
  type: { readonly name: string; new (length: number): T },
  value: unknown,
): value is T => nameOf.call(value) === type.name
