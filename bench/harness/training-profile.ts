import { NativePlayer } from '#dist/engine/backend/native/player.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { median } from './interleave.ts'
import { digits } from './table.ts'
import { type TrainingShape, TrainingWork } from './training.ts'
import type { Precision } from './training-side.ts'

/** Lines of text: the time of a native step by op. */
export function profileOf(shape: TrainingShape, threads: number, precision: Precision): string[] {
  const player = new NativePlayer({ ops: opSignatures(), threads, products: precision })
  const work = new TrainingWork(player, shape)
  work.step()
  const profiles = Array.from({ length: 5 }, () => work.profile())
  player.close()
  const total = median(profiles.map((times) => [...times.values()].reduce((sum, { seconds }) => sum + seconds, 0)))
  const rows = [...profiles[0]].map(([op, { flops, count }]) => ({
    op,
    flops,
    count,
    seconds: Math.min(...profiles.map((times) => times.get(op)!.seconds)),
  }))
  return [
    `native ${precision} ×${threads}: ${digits(1000 * total)} ms a step`,
    ...rows
      .sort((a, b) => b.seconds - a.seconds)
      .map(
        ({ op, seconds, flops, count }) =>
          `  ${op.padEnd(22)} ${digits(1000 * seconds).padStart(8)} ms  ${digits(flops / seconds / 1e9).padStart(7)} GFLOP/s  ${count}`,
      ),
  ]
}
