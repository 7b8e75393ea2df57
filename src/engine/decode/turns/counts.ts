/** What a generator counts. Numbers that others can read at any time: in memory that threads share, for instance. */
export interface Counts {
  /** Adds to a count, which never becomes less. */
  add(name: Counter, amount: number): void
  /** Sets what is so now. */
  set(name: Gauge, value: number): void
  /** Tells how many milliseconds something took. */
  took(name: Duration, milliseconds: number): void
}

export const counters = ['rows', 'sentences', 'sourceTokens', 'targetTokens'] as const
export type Counter = (typeof counters)[number]

/**
 * Sentences that wait, with their source tokens, and sentences under way, with their source tokens × beams and their live hypotheses.
 */
export const gauges = ['waitingSentences', 'waitingTokens', 'liveSentences', 'liveTokens', 'liveRows'] as const
export type Gauge = (typeof gauges)[number]

/** A step, and the time from when a request was accepted to its first token. */
export const durations = ['step', 'firstToken'] as const
export type Duration = (typeof durations)[number]
