import { settings } from '../../../base/schema/settings.ts'
import { oneOf } from '../../../base/schema/types.ts'
import type { Dtype } from '../../../formats/tensors/safetensors-header.ts'

/**
 * The dtypes of stored weights. int8 applies to matrices, with a scale for each row, and int4 to matrices with a scale for each 32 values of a
 * row; embeddings and output projections of fewer than 2²⁴ values are in int8 then. Other weights are in float16.
 */
export type StoredDtype = 'float32' | 'float16' | 'bfloat16' | 'int8' | 'int4'

/** The dtypes of quantized matrices. */
export type StoredIntegers = 'int8' | 'int4'

export const isIntegers = (dtype: StoredDtype): dtype is StoredIntegers => dtype === 'int8' || dtype === 'int4'

/** The dtypes of weights that are not quantized. */
export type StoredFloat = Exclude<StoredDtype, StoredIntegers>

/** The name of each dtype in safetensors; a byte has two integers of int4. */
export const safetensorsDtypes = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int8: 'I8',
  int4: 'U8',
} as const satisfies Record<StoredDtype, Dtype>

export const storedDtypes = Object.keys(safetensorsDtypes) as StoredDtype[]

export const storedFloats = ['float32', 'float16', 'bfloat16'] as const satisfies StoredFloat[]

/** The target dtypes for the weights of a folder. */
export const storedSettings = settings({
  dtype: { type: oneOf(...storedDtypes), flag: '--to <dtype>', says: 'what weights are stored in' },
})
