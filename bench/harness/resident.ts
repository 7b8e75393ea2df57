import { readFileSync } from 'node:fs'

/**
 * Bytes that a process has in memory, by proc(5): now (VmRSS), or at most so far (VmHWM); null where the system does not tell, or the
 * process has ended.
 */
export function residentBytes(pid: number, which: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return 1024 * Number(new RegExp(`^${which}:\\s*(\\d+) kB$`, 'm').exec(status)![1])
  } catch {
    return null
  }
}
