import { join } from 'node:path'
import { inFile } from '../../base/schema/place.ts'
import { read, settings } from '../../base/schema/settings.ts'
import { integer } from '../../base/schema/types.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import type { BatchStream } from './batches/batch-stream.ts'
import { checkFiles, removeChecksums, writeChecksums } from './state/checksums.ts'

const NAME = 'epoch.json'
const ofEpoch = settings({ batches: { type: integer(1), says: 'batches of an epoch' } })

/**
 * The number of batches in an epoch, counted over the first epoch. Other epochs have another order, and may have a few
 * batches more or less. The folder `checkpoints` stores the number, because the settings on which it depends cannot
 * change during a run. `firstEpoch` is called only if the batches must be counted.
 */
export async function batchesOfEpoch(checkpoints: string, firstEpoch: () => BatchStream): Promise<number> {
  const path = join(checkpoints, NAME)
  if (hasFile(path)) {
    checkFiles(checkpoints, 'remove it, and the batches are counted again', 'ERR_MODEL_FORMAT', [NAME])
    return read(ofEpoch, readJsonObject(path), inFile(path)).batches
  }
  const stream = firstEpoch()
  let batches = 0
  try {
    while ((await stream.next()) !== null) batches++
  } finally {
    await stream.close()
  }
  makeFolder(checkpoints)
  removeChecksums(checkpoints)
  replaceText(path, `${JSON.stringify({ batches })}\n`)
  writeChecksums(checkpoints, [NAME])
  return batches
}
