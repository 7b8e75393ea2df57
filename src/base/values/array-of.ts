type TypedArray = ArrayBufferView & { readonly length: number }

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
