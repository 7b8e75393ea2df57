import { readFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
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

/** The cores that this process may use, as Linux lists them ('0-3'); empty where the system does not tell. */
function allowedCores(): string {
  try {
    return /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
