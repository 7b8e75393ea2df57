/** The cores of the machine, and a law of how speed grows with them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface NumaNode {
  name: string
  /** As Linux writes them: '0-3,8-11'. */
  cpus: string
}

/** The NUMA nodes that Linux names in this folder; none where it names none. */
export function numaNodes(folder = '/sys/devices/system/node'): NumaNode[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^node\d+$/.test(name))
      .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
      .map((name) => ({ name, cpus: readFileSync(join(folder, name, 'cpulist'), 'utf8').trim() }))
  } catch {
    return []
  }
}

/** 1, 2, 4, … and all of the cores. */
export function coreCounts(cores: number): number[] {
  const counts: number[] = []
  for (let count = 1; count < cores; count *= 2) counts.push(count)
  return [...counts, cores]
}

/**
 * The share of the work on one core that more cores do not divide, from speeds by number of cores: the mean over the numbers above one
 * (Karp and Flatt 1990), between 0 and 1. NaN without a speed of one core and of more.
 */
export function serialShare(speeds: ReadonlyMap<number, number>): number {
  const alone = speeds.get(1) ?? Number.NaN
  const shares = [...speeds]
    .filter(([cores]) => cores > 1)
    .map(([cores, speed]) => ((cores * alone) / speed - 1) / (cores - 1))
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  return Math.min(1, Math.max(0, mean))
}

/** How many times as fast as one core so many cores are, where they do not divide this share of the work (Amdahl 1967). */
export const amdahl = (serial: number, cores: number): number => 1 / (serial + (1 - serial) / cores)
