import { join } from 'node:path'
import type { TokenPair } from '../decode/ragged-batch.ts'
import { replaceText } from '../formats/replace-file.ts'

/** Leaves the batches of a step that broke down for inspection, with the `pieces` of their pairs. Tells where, or why they are not there. */
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
