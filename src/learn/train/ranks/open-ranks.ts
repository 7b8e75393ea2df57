import { GlassformerError } from '../../../base/errors.ts'
import { launchOf } from './launch.ts'
import { loadMpi } from './mpi-addon.ts'
import { MpiRanks } from './mpi-ranks.ts'
import { alone, type Ranks } from './ranks.ts'

/**
 * The ranks of a training: those that mpirun has started, or this process alone.
 * @throws GlassformerError ERR_MPI if mpirun has started several, and they cannot find each other
 */
export function openRanks(): Ranks {
  const launch = launchOf(process.env)
  if (!launch || launch.size === 1) return alone
  const mpi = loadMpi()
  const { rank, size, library } = mpi.open()
  if (size === launch.size) return new MpiRanks(mpi, rank, size)
  mpi.close()
  throw new GlassformerError(
    'ERR_MPI',
    `mpirun has started ${launch.size} processes, of which the addon sees ${size}: it was built with another MPI (${library}). Put the ` +
      'mpicxx of this mpirun first on PATH, then run: npx glassformer build --mpi',
  )
}
