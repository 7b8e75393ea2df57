import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { packageFolder, requireFrom } from '../../../base/package/package-folder.ts'
import { addonFileFlaw } from '../../../engine/backend/native/addon-file.ts'

/**
 * The interface of the MPI addon (native/mpi/). Its errors are plain `Error`s with one of our codes. All calls come
 * from one thread, and every rank makes the same calls in the same order.
 */
export interface MpiAddon {
  /** Starts MPI at the first call. `library` names the MPI with which the addon was linked. */
  open(): { rank: number; size: number; library: string }
  /** Announces this rank to all others, with its status (0 or 1); does not wait. */
  arrive(status: number): void
  /** Whether all ranks have announced themselves; `statuses` then has a byte from each. */
  arrived(statuses: Uint8Array): boolean
  /** Gathers each rank's `given` into `all`, by rank; waits for all ranks. */
  allgather<Values extends Uint8Array | Float32Array>(given: Values, all: Values): void
  /** Sends part r of `given` to rank r, and receives part r of `received` from there; waits for all ranks. */
  exchange(given: Float32Array, received: Float32Array): void
  /**
   * Marks the training as complete in all ranks. MPI ends with the process; without this call it would then end all
   * ranks.
   */
  close(): void
}

/** The path at which a build puts the addon. */
const mpiAddonPath = (): string => fileURLToPath(new URL('build/Release/glassformer_mpi.node', packageFolder()))

/** @throws GlassformerError ERR_MPI with instructions to build the addon */
export function loadMpi(): MpiAddon {
  const path = mpiAddonPath()
  const why = existsSync(path) ? addonFileFlaw(path) : 'does not exist'
  if (why) throw notLoaded(`${path} ${why}`)
  try {
    return requireFrom(path)(path) as MpiAddon
  } catch (error) {
    throw notLoaded(`${path} cannot be loaded: ${messageOf(error)}`)
  }
}

const notLoaded = (why: string) =>
  new GlassformerError(
    'ERR_MPI',
    `mpirun has started several processes, and the addon by which they train together is missing: ${why}. Install MPI with its ` +
      'compiler, mpicxx (Debian: openmpi-bin and libopenmpi-dev), then run: npx glassformer build --mpi',
  )
