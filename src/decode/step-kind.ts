import { candidates } from '../program/ops/candidates.ts'
import type { GenerationOptions } from './options.ts'

const { normalize: moments } = candidates.row.attributes

/** When scores are normalized: before they are edited, after they are edited, or both. */
export type Normalize = (typeof moments)[number]

/** Sentences of the same kind step together. */
export interface StepKind {
  normalize: Normalize
  /** Whether each sentence has its list of next tokens (a shortlist). */
  listed: boolean
}

const stepKinds: readonly StepKind[] = moments.flatMap((normalize) => [
  { normalize, listed: false },
  { normalize, listed: true },
])

export function stepKindOf(options: GenerationOptions): StepKind {
  const normalize = normalizeOf(options)
  return stepKinds.find((kind) => kind.normalize === normalize && kind.listed === options.shortlist)!
}

/** Greedy search normalizes edited logits, beam search edits log-probabilities, as Hugging Face does. */
export function normalizeOf({ beams, renormalize }: GenerationOptions): Normalize {
  if (beams === 1) return 'after'
  return renormalize ? 'both' : 'before'
}
