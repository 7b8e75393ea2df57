/** The number of processes that mpirun has started, and the index of this one. */
export interface Launch {
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
