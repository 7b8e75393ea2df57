import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, hostname } from 'node:os'
import type { Ranks } from './ranks.ts'

/**
 * The default threads of each rank: the cores that this process may use, divided by the number of ranks that may use
 * the same ones. mpirun binds ranks to cores of their own if there are enough.
 */
export async function threadsEach(ranks: Ranks): Promise<number> {
  const own = `${hostname()} ${allowedCores()}`
  const sharing = (await ranks.all(own)).filter((other) => other === own).length
  return Math.max(1, Math.floor(availableParallelism() / sharing))
}

/**
 * The number of this machine's cores that its ranks may use together, if mpirun has bound the ranks to so few that some
 * are left over: Open MPI binds two ranks to a core each, however many there are. Null if none is left over.
 */
export function boundCores({
  OMPI_MCA_orte_bound_at_launch: isBound,
  OMPI_COMM_WORLD_LOCAL_SIZE: here,
}: NodeJS.ProcessEnv) {
  const together = availableParallelism() * Number(here)
  return isBound && together < cpus().length ? { together, all: cpus().length } : null
}

/** The cores that this process may use, as Linux lists them ('0-3'); empty if the system does not report them. */
function allowedCores(): string {
  try {
    return /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
