import type { DType } from './backend.ts'

/** What holds the numbers of a bound tensor. */
export const arrayTypes = { f32: Float32Array, i32: Int32Array, bf16: Uint16Array } as const satisfies Record<
  DType,
  unknown
>
