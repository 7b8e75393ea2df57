import type { PositionKindName } from '../../base/position-kinds.ts'

/** What a trace has of one kind of positions. */
interface TracedPositions {
  /** Patterns of the names of tensors that only models with these positions have. */
  names: readonly string[]
  /** What the distance of query and key is added to in self-attention. */
  distances: 'nothing' | 'scores' | 'keysAndValues'
}

const sinusoids: TracedPositions = { names: ['*.positions'], distances: 'nothing' }

export const tracedPositions: Readonly<Record<PositionKindName, TracedPositions>> = {
  interleaved: sinusoids,
  halves: sinusoids,
  timingSignal: sinusoids,
  learned: { names: ['*.positions', '*.positionTable'], distances: 'nothing' },
  relative: { names: ['**.relativeKeys', '**.relativeValues'], distances: 'keysAndValues' },
  buckets: { names: ['*.distanceBias.embedded'], distances: 'scores' },
  rotary: { names: [], distances: 'nothing' },
  none: { names: [], distances: 'nothing' },
}
