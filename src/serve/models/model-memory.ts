import { readFolder } from '../../folders/load.ts'
import { storedAs } from '../../folders/stored-as.ts'
import type { StoredDtype } from '../../folders/stored-dtype.ts'
import type { Precision } from '../../weights/precision.ts'

const BYTES: Readonly<Record<StoredDtype, number>> = { float32: 4, float16: 2, bfloat16: 2, int8: 1 }

/** Bytes that a folder's weights take in memory in a precision, told before they are loaded. */
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
