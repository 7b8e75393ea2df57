import { playedWeights } from '../../../engine/weights/parameters.ts'
import { placeWeights } from '../../../engine/weights/placement.ts'
import type { Precision } from '../../../engine/weights/precision.ts'
import { readFolder } from '../../../files/folders/load.ts'
import { encodingFor } from '../../../files/folders/tensors/dominant-dtype.ts'

/** Bytes of a folder's weights in memory in a precision, computed before they are loaded. */
export function memoryOf(folder: string, precision: Precision): number {
  const { config, openTensors } = readFolder(folder)
  const source = openTensors()
  try {
    return 4 * placeWeights(playedWeights(config), encodingFor({ precision, panels: false }, source)).size
  } finally {
    source.close()
  }
}
