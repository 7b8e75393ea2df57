import type { PositionKindName } from '../../base/choices/position-kinds.ts'

/** The tensors of a trace for one kind of positions. */
interface TracedPositions {
  /** Patterns of the names of tensors that only models with these positions have. */
  names: readonly string[]
  /** The tensors to which self-attention adds relative position terms. */
  distances: 'nothing' | 'scores' | 'keysAndValues'
}

const sinusoids: TracedPositions = { names: ['*.positions'], distances: 'nothing' }

export const tracedPositions: Readonly<Record<PositionKindName, TracedPositions>> = {
  interleaved: sinusoids,
  halves: sinusoids,
  timingSignal: sinusoids,
  learned: { names: ['*.positions', '*.positionTable'], distances: 'nothing' },
  relative: { names: ['**.relativeKeys', '**.relativeValues'], distances: 'keysAndValues' },
  buckets: { names: ['**.distanceBias.embedded'], distances: 'scores' },
  rotary: { names: [], distances: 'nothing' },
  none: { names: [], distances: 'nothing' },
}
