import { setTimeout as sleep } from 'node:timers/promises'
import { GlassformerError } from '../../../base/errors.ts'
import { lockText } from '../state/folder-lock.ts'
import { fromFirst, type Ranks } from './ranks.ts'

/**
 * Milliseconds for which a rank looks for a file that rank 0 has just written: network file systems show files late.
 */
const PATIENCE = 5000

/**
 * Checks that all ranks see the folder that rank 0 has locked, because they read files there that rank 0 writes.
 * @throws GlassformerError ERR_MPI in a rank that does not see the lock
 */
export async function checkShared(ranks: Ranks, folder: string): Promise<void> {
  const lock = await fromFirst(ranks, () => lockText(folder))
  const began = performance.now()
  while (lockText(folder) !== lock) {
    if (performance.now() - began > PATIENCE)
      throw new GlassformerError(
        'ERR_MPI',
        `${folder} is not the folder that rank 0 trains into: all ranks must have the same one, on a disk that their machines share`,
      )
    await sleep(100)
  }
}
