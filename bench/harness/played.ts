import type { TensorArray, WeightStore } from '#dist/engine/backend/interface/backend.js'
import { flopsOf } from '#dist/engine/program/listing.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import type { Program } from '#dist/engine/program/program.js'
import type { PlayingContender } from './contender.ts'
import { timed } from './interleave.ts'
import type { Side } from './question.ts'

/** A program to be measured, and the arrays bound to it. */
export interface Bench {
  program: Program
  rows: Record<string, number>
  arrays: Record<string, TensorArray>
}

/** One side for each contender, all running the same program over the same arrays. */
export function playedBy(contenders: readonly PlayingContender[], { program, rows, arrays }: Bench): Side[] {
  return contenders.map((contender) => {
    const loaded = new LoadedProgram(contender.player, program)
    return { contender, run: timed(() => loaded.play(rows, arrays)) }
  })
}

/** FLOPs of one run by the op table's costs. */
export function flopsOfPlay({ program, rows, arrays }: Bench): number {
  return program.instructions.reduce((sum, instruction) => sum + (flopsOf(instruction, { rows, arrays }) ?? 0), 0)
}

/** Consecutive weights in one array. */
export function storeOf(shapes: Record<string, { rows: number; width: number }>): WeightStore {
  let size = 0
  const places = new Map<string, ReturnType<WeightStore['place']>>()
  for (const [name, { rows, width }] of Object.entries(shapes)) {
    places.set(name, { offset: size, rows, width, encoding: 'float32' })
    size += Math.ceil((rows * width) / 16) * 16
  }
  return { values: new Float32Array(size), place: (name) => places.get(name)! }
}
