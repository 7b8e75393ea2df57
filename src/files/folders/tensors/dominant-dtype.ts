import type { Encoding, NumberFormat } from '../../../engine/backend/interface/backend.ts'
import type { WeightStorage } from '../../../engine/weights/precision.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { type StoredDtype, safetensorsDtypes, storedDtypes } from './stored-dtype.ts'

/** The dtype of most of a folder's weights, int4 where some of its matrices are in that, and the bytes of all its tensors. */
export function dominantDtype({ tensors }: TensorSource): { storedAs: StoredDtype; bytes: number } {
  const bytesOf = new Map<string, number>()
  let bytes = 0
  for (const entry of tensors.values()) {
    bytesOf.set(entry.dtype, (bytesOf.get(entry.dtype) ?? 0) + entry.bytes)
    bytes += entry.bytes
  }
  const bytesIn = (dtype: StoredDtype) => bytesOf.get(safetensorsDtypes[dtype]) ?? 0
  if (bytesIn('int4') > 0) return { storedAs: 'int4', bytes }
  return { storedAs: storedDtypes.reduce((most, dtype) => (bytesIn(dtype) > bytesIn(most) ? dtype : most)), bytes }
}

/** The encoding of matrices: the requested precision, or the one of most stored matrices. */
export function encodingFor({ precision, panels }: WeightStorage, source: TensorSource): Encoding {
  const format = precision === 'auto' ? asStored(source) : precision
  return format === 'float32' && panels ? 'float32panels' : format
}

function asStored(source: TensorSource): NumberFormat {
  const stored = dominantDtype(source).storedAs
  return stored === 'float16' ? 'float32' : stored
}
