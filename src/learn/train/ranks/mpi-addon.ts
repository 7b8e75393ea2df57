import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { packageFolder } from '../../../base/package-folder.ts'
import { addonFileFlaw } from '../../../engine/backend/native/addon-file.ts'

/**
 * The surface of the addon of MPI (native/mpi/). Its errors are plain `Error`s with one of our codes. All calls come from one thread, and
 * every rank makes the same ones in the same order.
 */
export interface MpiAddon {
  /** Starts MPI at the first call. `library` names the MPI with which the addon was linked. */
  open(): { rank: number; size: number; library: string }
  /** Tells all ranks that this one has come, with its status (0 or 1); does not wait. */
  arrive(status: number): void
  /** Whether all ranks have come; `statuses` then has a byte from each. */
  arrived(statuses: Uint8Array): boolean
  /** Waits for what each rank has given; `all` gets it by rank. */
  allgather<Values extends Uint8Array | Float32Array>(given: Values, all: Values): void
  /** Part r of `given` goes to rank r, and part r of `received` comes from there; waits for it. */
  exchange(given: Float32Array, received: Float32Array): void
  /** A training has come to its end in all ranks. MPI ends with the process, and where this was not called it ends all ranks then. */
  close(): void
}

const require = createRequire(import.meta.url)

/** Where a build puts the addon. */
const mpiAddonPath = (): string => fileURLToPath(new URL('build/Release/glassformer_mpi.node', packageFolder))

/** @throws GlassformerError ERR_MPI which says how the addon is built */
export function loadMpi(): MpiAddon {
  const path = mpiAddonPath()
  const why = existsSync(path) ? addonFileFlaw(path) : 'does not exist'
  if (why) throw notLoaded(`${path} ${why}`)
  try {
    return require(path) as MpiAddon
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
