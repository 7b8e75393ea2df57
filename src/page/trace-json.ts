import type { Trace, TracedTensor } from '../trace/trace.ts'

interface StoredTensor {
  shape: number[]
  float32: string
}

/** A trace out of its JSON, in which tensors are { shape, float32: base64 of little-endian numbers }. */
export function readTrace(json: unknown): Trace {
  const stored = json as Omit<Trace, 'tensors'> & { tensors: Record<string, StoredTensor> }
  const tensors = Object.entries(stored.tensors).map(([name, tensor]) => [name, tensorOf(tensor)])
  return { ...stored, tensors: Object.fromEntries(tensors) }
}

function tensorOf({ shape, float32 }: StoredTensor): TracedTensor {
  const bytes = Uint8Array.from(atob(float32), (character) => character.charCodeAt(0))
  return { shape, values: new Float32Array(bytes.buffer) }
}
