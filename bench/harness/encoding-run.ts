import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'

/** What one run over all texts took, in the process that asked for the vectors. */
export interface EncodingRun {
  /** Seconds by the clock. */
  wall: number
  /** Seconds of processor time of all threads. */
  cpu: number
  /** Milliseconds of the longest pause of the event loop. */
  pause: number
  /** The vector of the first text. */
  vector: number[]
}

/** Embeds the texts in calls of `batch`, one after the other; the result is a line of JSON. */
export async function measuredEncoding(
  texts: readonly string[],
  batch: number,
  embed: (texts: string[]) => Promise<ArrayLike<number>[]>,
): Promise<string> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let vector: number[] | undefined
  delay.enable()
  const before = process.cpuUsage()
  const began = performance.now()
  for (let at = 0; at < texts.length; at += batch) {
    const [first] = await embed(texts.slice(at, at + batch))
    vector ??= [...Array.from(first)]
  }
  const wall = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  await setTimeout(5) // a pause is seen at its end
  delay.disable()
  return JSON.stringify({ wall, cpu: (user + system) / 1e6, pause: delay.max / 1e6, vector: vector! } as EncodingRun)
}
