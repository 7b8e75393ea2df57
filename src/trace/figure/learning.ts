import { lastOf } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import { learning } from '../../draw/learning.ts'
import type { Picture } from '../../draw/marks/element.ts'
import type { Trace } from '../data/trace.ts'
import { shownTokens } from './tokens.ts'

/** A trace at a training step; all traces have the same source and target. */
export interface LearnedTrace {
  step: number
  trace: Pick<Trace, 'steps' | 'target'>
}

/** The probability of each target token during the training; `at`: the selected step; `width` in pixels. */
export function learningPicture(traces: readonly LearnedTrace[], at?: number, width?: number): Picture {
  const [{ trace }] = traces
  const shown = shownTokens(trace.target)
  return learning({
    title: `What was learned of one sentence in ${counted(lastOf(traces).step, 'step')}`,
    steps: traces.map(({ step }) => step),
    tokens: trace.steps.map((_, i) => ({
      token: shown[i],
      probabilities: traces.map(({ trace: { steps } }) => Math.exp(steps[i].chosen.logProbability)),
    })),
    ...(at !== undefined && { at }),
    ...(width !== undefined && { width }),
  })
}
