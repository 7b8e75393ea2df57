/** Face of decode/turns/: what other rooms use of fair turns. */

export { type Counter, type Counts, counters, type Duration, durations, type Gauge, gauges } from './counts.ts'
export { FairQueue } from './fair-queue.ts'
export type { EncodedMemory, Sentence } from './sentence.ts'
export type { Turn } from './turn.ts'
