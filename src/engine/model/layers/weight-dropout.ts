import type { Tensor } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'

/** Dropout of attention weights (in training). */
export function weightDropout(p: Program): { seed: Tensor | null; dropout: number; site: number } {
  const dropout = p.training?.dropout.attention ?? 0
  return { seed: dropout ? p.training!.seed : null, dropout, site: p.site }
}
