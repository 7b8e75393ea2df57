import { sharedMemory } from '../../base/allocated.ts'
import { entryOf } from '../../base/present.ts'
import {
  type Counter,
  type Counts,
  counters,
  type Duration,
  durations,
  type Gauge,
  gauges,
} from '../../engine/decode/turns/index.ts'

/** A histogram of durations, as in Prometheus. */
export interface Histogram {
  /** The upper bounds of the buckets, in seconds; there is one more bucket, without a bound. */
  bounds: readonly number[]
  /** The number of durations in each bucket, [bounds.length + 1]. */
  counts: number[]
  /** The sum of all durations, in seconds. */
  sum: number
  /** The number of durations. */
  count: number
}

/** Seconds. */
const bounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60] as const

/** The offset of each number. A histogram has its sum before its buckets. */
const places = new Map<string, number>()
let length = 0
for (const name of [...counters, ...gauges]) places.set(name, length++)
for (const name of durations) {
  places.set(name, length)
  length += bounds.length + 2
}

/** The counts of one worker in shared memory: the worker writes, and other threads may read at any time. */
export class WorkerCounts implements Counts {
  readonly memory: SharedArrayBuffer | ArrayBuffer
  readonly #values: Float64Array

  constructor(memory = sharedMemory(8 * length)) {
    this.memory = memory
    this.#values = new Float64Array(memory)
  }

  get(name: Counter | Gauge): number {
    return this.#values[entryOf(places, name)]
  }

  add(name: Counter, amount: number): void {
    this.#values[entryOf(places, name)] += amount
  }

  set(name: Gauge, value: number): void {
    this.#values[entryOf(places, name)] = value
  }

  took(name: Duration, milliseconds: number): void {
    const seconds = milliseconds / 1000
    const at = entryOf(places, name)
    const bucket = bounds.findIndex((bound) => seconds <= bound)
    this.#values[at] += seconds
    this.#values[at + 1 + (bucket < 0 ? bounds.length : bucket)]++
  }

  histogram(name: Duration): Histogram {
    const at = entryOf(places, name)
    const counts = [...this.#values.subarray(at + 1, at + bounds.length + 2)]
    return { bounds, counts, sum: this.#values[at], count: counts.reduce((sum, count) => sum + count, 0) }
  }

  /** Adds the counters of another worker; gauges of that worker are not added, as it has ended. */
  addAll(other: WorkerCounts): void {
    for (const name of counters) this.add(name, other.get(name))
    for (const name of durations)
      for (let at = entryOf(places, name), end = at + bounds.length + 2; at < end; at++)
        this.#values[at] += other.#values[at]
  }
}
