import { readFileSync } from 'node:fs'

/**
 * Resident memory of a process in bytes, by proc(5): current (VmRSS), or maximal (VmHWM); null where the system does
 * not provide it, or the process has ended.
 */
export function residentBytes(pid: number, which: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return 1024 * Number(new RegExp(`^${which}:\\s*(\\d+) kB$`, 'm').exec(status)![1])
  } catch {
    return null
  }
}
