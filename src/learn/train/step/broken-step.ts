import { join } from 'node:path'
import type { TokenPair } from '../../../engine/decode/step/index.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'

/**
 * Writes the batches of a step that broke down to a file for inspection, with the `pieces` of their pairs. Returns a
 * text with the path of the file, or the reason why there is none.
 */
export function leaveBatches(
  folder: string,
  step: number,
  batches: readonly { pairs: readonly TokenPair[] }[],
  pieces: (pair: TokenPair) => { source: string; target: string },
): string {
  const path = join(folder, `broken-step-${step}.json`)
  const left = batches.map(({ pairs }) => pairs.map((pair) => ({ ...pair, pieces: pieces(pair) })))
  try {
    replaceText(path, `${JSON.stringify({ step, batches: left })}\n`)
    return `its batches are in ${path}`
  } catch (error) {
    return `its batches could not be saved (${(error as Error).message})`
  }
}
