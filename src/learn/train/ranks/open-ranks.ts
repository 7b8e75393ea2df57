import { GlassformerError } from '../../../base/errors.ts'
import { loadMpi } from './mpi-addon.ts'
import { MpiRanks } from './mpi-ranks.ts'
import { alone, type Ranks } from './ranks.ts'

/** The number of processes that mpirun has started, and the index of this one. */
interface Launch {
  rank: number
  size: number
}

/** Names of rank and size in the environment: Open MPI's, and those of MPICH and its descendants. */
const names = [
  ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
  ['PMI_RANK', 'PMI_SIZE'],
]

/** Rank and size from the environment; null if no mpirun has started this process. */
export function launchOf(environment: NodeJS.ProcessEnv): Launch | null {
  for (const [rank, size] of names) {
    const launch = { rank: Number(environment[rank] || Number.NaN), size: Number(environment[size] || Number.NaN) }
    if (Number.isSafeInteger(launch.rank) && Number.isSafeInteger(launch.size) && launch.size > 0) return launch
  }
  return null
}

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
