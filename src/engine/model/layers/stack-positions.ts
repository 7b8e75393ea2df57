import type { Rows } from '../../program/instructions/tensor.ts'
import type { Program } from '../../program/program.ts'
import type { ModelConfig } from '../config/config.ts'
import { kindOf } from '../config/kinds.ts'
import type { AddedPositions, AttentionPositions } from '../config/position-kind.ts'
import { scaleOf } from './attention.ts'

/** The positions of one stack while its program is recorded. Both functions are called in the module of the stack. */
export interface StackPositions {
  /** The table that is added to embeddings, if the kind adds one. */
  added(): AddedPositions | null
  /** How positions enter the self-attentions of the stack; called before its first layer. */
  attended(): AttentionPositions
}

/** Declares the inputs that the positions of one stack bind. */
export function stackPositions(
  p: Program,
  side: 'encoder' | 'decoder',
  rows: Rows,
  config: ModelConfig,
): StackPositions {
  const { positions, dModel } = config
  const { heads, dHead, attention } = config[side]
  const kind = kindOf(positions)
  const stack = { p, side, rows, dModel, heads, dHead, attention, scoreScale: scaleOf(config, config[side]), positions }
  const bound = kind.inputs(stack)
  return {
    added: () => kind.added?.(stack, bound) ?? null,
    attended: () => kind.attended?.(stack, bound) ?? {},
  }
}
