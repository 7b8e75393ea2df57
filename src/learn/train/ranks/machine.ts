import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, hostname } from 'node:os'
import type { Ranks } from './ranks.ts'

/**
 * The threads of each rank where the user names no number: the cores that this process may use, divided by the number of ranks that may
 * use the same ones. mpirun binds ranks to cores of their own where there are enough.
 */
export async function threadsEach(ranks: Ranks): Promise<number> {
  const own = `${hostname()} ${allowedCores()}`
  const sharing = (await ranks.all(own)).filter((other) => other === own).length
  return Math.max(1, Math.floor(availableParallelism() / sharing))
}

/**
 * How many cores of this machine its ranks may use together, where mpirun has bound each to so few that some are left over: Open MPI binds
 * two ranks to a core each, however many there are. Null where none is left over.
 */
export function boundCores({
  OMPI_MCA_orte_bound_at_launch: isBound,
  OMPI_COMM_WORLD_LOCAL_SIZE: here,
}: NodeJS.ProcessEnv) {
  const together = availableParallelism() * Number(here)
  return isBound && together < cpus().length ? { together, all: cpus().length } : null
}

/** The cores that this process may use, as Linux lists them ('0-3'); empty where the system does not tell. */
function allowedCores(): string {
  try {
    return /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
