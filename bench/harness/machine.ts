import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The machine and the commit of a run; every cell of the JSON has them. */
export interface Machine {
  cpu: string
  cores: number
  /** GiB. */
  memory: number
  system: string
  node: string
  /** With '+' where the working tree differs from it; null outside a git checkout. */
  commit: string | null
}

export function describeMachine(): Machine {
  const [{ model }] = cpus()
  return {
    cpu: model,
    cores: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
    commit: commit(),
  }
}

/** The number of runnable processes in the last minute, which shows other work of the machine. */
export const loadText = () => `load ${loadavg()[0].toFixed(1)}`

function commit(): string | null {
  const git = (...args: string[]) => {
    const options = { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' } as const
    return execFileSync('git', args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  }
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : '')
  } catch {
    return null
  }
}
