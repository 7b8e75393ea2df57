import { settings } from '../../../base/schema/settings.ts'
import { integer } from '../../../base/schema/types.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import type { PositionKind } from './position-kind.ts'

/** The variants of position encodings by sinusoids; `Positions` has their formulas. */
export const sinusoidKinds = ['interleaved', 'halves', 'timingSignal'] as const
export type SinusoidKind = (typeof sinusoidKinds)[number]

const sinusoidSettings = settings({
  offset: { type: integer(0), optional: true, otherwise: '0', says: 'the position of the first token' },
})
type Sinusoids = PositionKind<typeof sinusoidSettings, { positions: Tensor; sinusoids: Tensor }>

const sinusoids = (kind: SinusoidKind): Sinusoids => ({
  settings: sinusoidSettings,
  says: () => `sinusoids, ${kind}`,
  ofNewModel: () => ({}),
  tables: ({ offset = 0 }, { dModel }) => ({
    growing: { sinusoids: { width: dModel, write: (table, first) => writeSinusoids(kind, table, dModel, first) } },
    offset,
    // M2M100's table has zeros for the padding id, and generate() gives a padding token that comes out this row.
    endsWithZeros: kind === 'timingSignal' && offset > 0,
  }),
  inputs: ({ p, side, rows, dModel }) => ({
    positions: p.input(side === 'encoder' ? 'source.positions' : 'target.positions', rows, 1, 'int32'),
    // Both stacks share the table.
    sinusoids: p.bound.find(({ name }) => name === 'sinusoids') ?? p.input('sinusoids', 'N', dModel),
  }),
  added: ({ positions: { offset = 0 } }, { positions, sinusoids }) => ({
    positions,
    positionTable: sinusoids,
    offset,
  }),
})

export const interleaved: Sinusoids = {
  ...sinusoids('interleaved'),
  check(_, { dModel }, place) {
    if (dModel % 2) place.refuse(`positions interleaved need an even dModel, not ${dModel}`)
  },
}
export const halves: Sinusoids = sinusoids('halves')
export const timingSignal: Sinusoids = sinusoids('timingSignal')

/** Radians for each position of the sines of a row of `width`. */
function rates(kind: SinusoidKind, width: number): Float64Array {
  const half = kind === 'halves' ? Math.ceil(width / 2) : Math.floor(width / 2)
  return Float64Array.from({ length: half }, (_, i) =>
    kind === 'timingSignal' ? Math.exp((-i * Math.log(10000)) / Math.max(half - 1, 1)) : 10000 ** ((-2 * i) / width),
  )
}

/** The encoding of position p by sinusoids, written to `into` [width]; the last sine of an odd width has no cosine. */
function writeRow(kind: SinusoidKind, p: number, rates: Float64Array, into: Float32Array): void {
  const isInterleaved = kind === 'interleaved'
  for (let i = 0; i < rates.length; i++) into[isInterleaved ? 2 * i : i] = Math.sin(p * rates[i])
  const cosines = Math.floor(into.length / 2)
  for (let i = 0; i < cosines; i++) into[isInterleaved ? 2 * i + 1 : rates.length + i] = Math.cos(p * rates[i])
}

/** Fills `table` [positions, width] with the sinusoids of positions `first`, first + 1, …; rows before are left as they are. */
export function writeSinusoids(kind: SinusoidKind, table: Float32Array, width: number, first = 0): void {
  const ofEach = rates(kind, width)
  for (let p = first; p * width < table.length; p++)
    writeRow(kind, p, ofEach, table.subarray(p * width, (p + 1) * width))
}
