import type { Precision } from '../../../engine/weights/precision.ts'
import { readFolder } from '../../../files/folders/load.ts'
import { storedAs } from '../../../files/folders/stored-as.ts'
import type { StoredDtype } from '../../../files/folders/stored-dtype.ts'

const BYTES: Readonly<Record<StoredDtype, number>> = { float32: 4, float16: 2, bfloat16: 2, int8: 1 }

/** Bytes of a folder's weights in memory in a precision, computed before they are loaded. */
export function memoryOf(folder: string, precision: Precision): number {
  const source = readFolder(folder).openTensors()
  try {
    const { storedAs: stored, bytes } = storedAs(source)
    const held = precision !== 'auto' ? precision : stored === 'float16' ? 'float32' : stored
    return Math.ceil((bytes * BYTES[held]) / BYTES[stored])
  } finally {
    source.close()
  }
}
