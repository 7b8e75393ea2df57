import type { TensorSource } from '../formats/safetensors.ts'
import type { Dtype } from '../formats/safetensors-header.ts'

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
