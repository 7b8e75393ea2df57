import { present } from '../../../base/present.ts'
import { candidates } from '../../program/ops/candidates.ts'
import type { Times } from '../processors/times.ts'
import { type GenerationOptions, needsLogits } from '../settings/options.ts'

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
  /** The step returns the logits of all ids, which are then processed in JavaScript. */
  | 'logits'
  /** The step chooses among text and times of transcripts. */
  | 'times'

const stepKinds: readonly Exclude<StepKind, string>[] = moments.flatMap((normalize) => [
  { normalize, listed: false },
  { normalize, listed: true },
])

/** The properties of a sentence that decide on its kind of step. */
interface Stepping {
  options: GenerationOptions
  choosers?: object | null
  times?: Times | null
  transcript?: object | null
  probe?: object | null
  allLogits?: boolean
}

/** How a sentence steps; `isFirst`: in its first step, whose logits a probe reads. */
export function stepKindOf(
  { options, choosers, times, transcript, probe, allLogits }: Stepping,
  isFirst: boolean,
): StepKind {
  if (choosers || allLogits || (probe && isFirst) || needsLogits(options)) return 'logits'
  if (times) return timesCanStep(times, options, transcript) ? 'times' : 'logits'
  const normalize = normalizeOf(options)
  return present(stepKinds.find((kind) => kind.normalize === normalize && kind.listed === options.shortlist))
}

/** Whether the best tokens are enough, whose scores are normalized after the rules of times. */
const timesCanStep = ({ are }: Times, { beams, sample }: GenerationOptions, transcript: Stepping['transcript']) =>
  are !== 'free' && !sample && (beams === 1 || !!transcript)

/**
 * Greedy search and sampling normalize edited logits; beam search edits log-probabilities, as Hugging Face does. Beam
 * search that samples normalizes once more itself, after the warpers.
 */
export function normalizeOf({ beams, renormalize, sample }: GenerationOptions): Normalize {
  if (beams === 1) return 'after'
  return renormalize && !sample ? 'both' : 'before'
}
