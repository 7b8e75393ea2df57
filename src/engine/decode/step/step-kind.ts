import { candidates } from '../../program/ops/candidates.ts'
import { type GenerationOptions, needsLogits } from '../options.ts'

const { normalize: moments } = candidates.row.attributes

/** When scores are normalized: before they are edited, after they are edited, or both. */
export type Normalize = (typeof moments)[number]

/** Properties that sentences must share to step together. */
export type StepKind =
  | {
      normalize: Normalize
      /** Whether each sentence has its own list of next tokens (a shortlist). */
      listed: boolean
    }
  /** Whether the step returns the logits of all ids, which are then processed in JavaScript. */
  | 'logits'

const stepKinds: readonly Exclude<StepKind, 'logits'>[] = moments.flatMap((normalize) => [
  { normalize, listed: false },
  { normalize, listed: true },
])

export function stepKindOf(options: GenerationOptions, needsAll: boolean): StepKind {
  if (needsAll || needsLogits(options)) return 'logits'
  const normalize = normalizeOf(options)
  return stepKinds.find((kind) => kind.normalize === normalize && kind.listed === options.shortlist)!
}

/**
 * Greedy search and sampling normalize edited logits; beam search edits log-probabilities, as Hugging Face does. Beam
 * search that samples normalizes once more itself, after the warpers.
 */
export function normalizeOf({ beams, renormalize, sample }: GenerationOptions): Normalize {
  if (beams === 1) return 'after'
  return renormalize && !sample ? 'both' : 'before'
}
