/** Statistics of a generator. Implementations may publish them to other threads, for instance in shared memory. */
export interface Counts {
  /** Adds to a counter, which never decreases. */
  add(name: Counter, amount: number): void
  /** Sets the present value of a gauge. */
  set(name: Gauge, value: number): void
  /** Records a duration in milliseconds. */
  took(name: Duration, milliseconds: number): void
}

/** `drafted`: tokens that were guessed; `accepted`: those of them that were right. */
export const counters = ['rows', 'sentences', 'sourceTokens', 'targetTokens', 'drafted', 'accepted'] as const
export type Counter = (typeof counters)[number]

/**
 * Gauges: waiting sentences and their source tokens; sentences under way, their source tokens × beams and their live
 * hypotheses.
 */
export const gauges = ['waitingSentences', 'waitingTokens', 'liveSentences', 'liveTokens', 'liveRows'] as const
export type Gauge = (typeof gauges)[number]

/** Durations: one step, and the times from the arrival of a request until a worker has a part of it, and to its first token. */
export const durations = ['step', 'queued', 'firstToken'] as const
export type Duration = (typeof durations)[number]
