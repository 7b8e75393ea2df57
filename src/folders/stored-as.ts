import type { Encoding, Numbers } from '../backend/backend.ts'
import type { TensorSource } from '../formats/safetensors.ts'
import type { Dtype } from '../formats/safetensors-header.ts'
import type { Holding } from '../weights/precision.ts'

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

/** How matrices are held: as is asked for, or as most of them are stored. */
export function encodingFor({ precision, panels }: Holding, source: TensorSource): Encoding {
  const numbers = precision === 'auto' ? asStored(source) : precision
  return numbers === 'float32' && panels ? 'float32panels' : numbers
}

function asStored(source: TensorSource): Numbers {
  const stored = storedAs(source).storedAs
  if (stored === 'I8') return 'int8'
  return stored === 'BF16' ? 'bfloat16' : 'float32'
}
