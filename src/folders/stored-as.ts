import type { Encoding } from '../backend/backend.ts'
import type { TensorSource } from '../formats/safetensors.ts'
import type { Dtype } from '../formats/safetensors-header.ts'
import type { Precision } from '../weights/precision.ts'

/** The bytes of a folder's weights and the dtype that most of them have. */
export function storedAs({ tensors }: TensorSource): { storedAs: Dtype; bytes: number } {
  const byDtype = new Map<string, number>()
  let bytes = 0
  for (const entry of tensors.values()) {
    byDtype.set(entry.dtype, (byDtype.get(entry.dtype) ?? 0) + entry.bytes)
    bytes += entry.bytes
  }
  const [most] = [...byDtype].sort(([, a], [, b]) => b - a)
  return { storedAs: most[0] as Dtype, bytes }
}

/** What matrices are held in: what is asked for, or what most of them are stored as. */
export function encodingFor(precision: Precision, source: TensorSource): Encoding {
  if (precision !== 'auto') return precision
  const stored = storedAs(source).storedAs
  if (stored === 'I8') return 'int8'
  return stored === 'BF16' ? 'bfloat16' : 'float32'
}
