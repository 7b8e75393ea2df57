import { candidates } from '../program/ops/candidates.ts'
import type { GenerationOptions } from './options.ts'

const { normalise: moments } = candidates.row.attributes

/** When scores are normalised: before they are edited, after it, or both. */
export type Normalise = (typeof moments)[number]

/** Sentences of the same kind step together. */
export interface StepKind {
  normalise: Normalise
  /** Each sentence has its list of next tokens. */
  listed: boolean
}

const stepKinds: readonly StepKind[] = moments.flatMap((normalise) => [
  { normalise, listed: false },
  { normalise, listed: true },
])

export function stepKindOf(options: GenerationOptions): StepKind {
  const normalise = normaliseOf(options)
  return stepKinds.find((kind) => kind.normalise === normalise && kind.listed === options.shortlist)!
}

/** Greedy search normalises edited logits, beam search edits log-probabilities, as Hugging Face does. */
export function normaliseOf({ beams, renormalize }: GenerationOptions): Normalise {
  if (beams === 1) return 'after'
  return renormalize ? 'both' : 'before'
}
