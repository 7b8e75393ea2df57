import type { Arrays, DType } from './backend.ts'

/** The array type that holds the numbers of a bound tensor. */
export const arrayTypes: {
  readonly [T in DType]: {
    readonly BYTES_PER_ELEMENT: number
    new (length: number): Arrays[T]
    new (memory: ArrayBufferLike, at: number, length: number): Arrays[T]
  }
} = { float32: Float32Array, int32: Int32Array, bfloat16: Uint16Array }
