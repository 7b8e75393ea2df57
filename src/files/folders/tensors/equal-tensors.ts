import { entryOf } from '../../../base/present.ts'
import { TensorFile, type TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { isQuantized, readStored } from './quantized.ts'

const CHUNK = 1 << 16 // values compared at once

/** Whether two tensors have the same values. They are read in parts, unless they are in one place or are quantized. */
export function areEqual(name: string, other: string, source: TensorSource): boolean {
  const [a, b] = [name, other].map((each) => entryOf(source.tensors, each))
  const count = a.shape.reduce((product, length) => product * length, 1)
  if (count !== b.shape.reduce((product, length) => product * length, 1)) return false
  const inOnePlace = source instanceof TensorFile && a.offset === b.offset && a.dtype === b.dtype
  if (inOnePlace && !a.strides && !b.strides) return true
  if (isQuantized(source, name) || isQuantized(source, other)) {
    const values = readStored(source, other)
    return readStored(source, name).every((value, i) => value === values[i])
  }
  for (let at = 0; at < count; at += CHUNK) {
    const parts = [name, other].map((each) => {
      const values = new Float32Array(Math.min(CHUNK, count - at))
      source.readPart(each, at, values)
      return values
    })
    if (parts[0].some((value, i) => value !== parts[1][i])) return false
  }
  return true
}
