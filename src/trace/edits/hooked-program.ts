import { allocated } from '../../base/allocated.ts'
import type { Player, TensorArray } from '../../engine/backend/interface/backend.ts'
import type { Tensor } from '../../engine/program/instructions/tensor.ts'
import { LoadedProgram, type PlayedProgram } from '../../engine/program/loaded.ts'
import type { Program } from '../../engine/program/program.ts'
import { segmentsOf } from '../../engine/program/segments.ts'

/** Rows and arrays of one play, by name. */
export interface Bound {
  rows: Readonly<Record<string, number>>
  arrays: Readonly<Record<string, TensorArray>>
}

/** A function that reads and changes the values of a tensor between two instructions. */
export interface Hook {
  /** The index past the instruction after which it runs. */
  at: number
  tensor: Tensor
  /** Changes `values`, the whole tensor [rows, width], in place. */
  run(values: Float32Array, bound: Bound): void
}

/**
 * A program with changes: further bindings at each play, and functions between its instructions. With functions it is
 * played in segments, so that a backend that plays a whole list in one call returns at each of them.
 */
export class HookedProgram implements PlayedProgram {
  readonly #segments: readonly { program: LoadedProgram; bound: readonly Tensor[]; hooks: readonly Hook[] }[]
  readonly #more: (bound: Bound) => Bound

  /** `more` adds bindings to those of a play. */
  constructor(player: Player, p: Program, hooks: readonly Hook[], more: (bound: Bound) => Bound) {
    this.#more = more
    const ends = [...new Set(hooks.map(({ at }) => at))].sort((a, b) => a - b)
    // A function after the last instruction needs no cut.
    const cuts = ends.filter((end) => end < p.instructions.length)
    const segments = segmentsOf(p, cuts)
    this.#segments = segments.map((segment, i) => ({
      program: new LoadedProgram(player, segment),
      bound: segment.bound,
      hooks: hooks.filter(({ at }) => at === (cuts[i] ?? p.instructions.length)),
    }))
  }

  play(rows: Readonly<Record<string, number>>, arrays: Readonly<Record<string, TensorArray>>): void {
    const given = this.#more({ rows, arrays })
    const all: Record<string, TensorArray> = { ...given.arrays }
    for (const { bound } of this.#segments)
      for (const tensor of bound) if (!tensor.part) all[tensor.name] ??= arrayFor(tensor, given.rows)
    for (const { program, hooks } of this.#segments) {
      program.play(given.rows, all)
      for (const hook of hooks) hook.run(all[hook.tensor.name] as Float32Array, { ...given, arrays: all })
    }
  }
}

/** Memory for a tensor that no caller binds. */
function arrayFor({ rows, width, dtype }: Tensor, bound: Readonly<Record<string, number>>): TensorArray {
  const count = (typeof rows === 'number' ? rows : (bound[rows] ?? 0)) * width
  return allocated(4 * count, () => (dtype === 'int32' ? new Int32Array(count) : new Float32Array(count)))
}
