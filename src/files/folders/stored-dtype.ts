import { settings } from '../../base/schema/settings.ts'
import { oneOf } from '../../base/schema/types.ts'
import type { Dtype } from '../formats/tensors/safetensors-header.ts'

/**
 * The dtypes of stored weights. int8 applies to matrices, with a scale for each row; other weights are then in float16.
 */
export type StoredDtype = 'float32' | 'float16' | 'bfloat16' | 'int8'

/** The dtypes of weights that are not quantized. */
export type StoredFloat = Exclude<StoredDtype, 'int8'>

/** The name of each dtype in safetensors. */
export const safetensorsDtypes = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int8: 'I8',
} as const satisfies Record<StoredDtype, Dtype>

export const storedDtypes = Object.keys(safetensorsDtypes) as StoredDtype[]

export const storedFloats = ['float32', 'float16', 'bfloat16'] as const satisfies StoredFloat[]

/** The target dtypes for the weights of a folder. */
export const storedSettings = settings({
  dtype: { type: oneOf(...storedDtypes), flag: '--to <dtype>', says: 'what weights are stored in' },
})
