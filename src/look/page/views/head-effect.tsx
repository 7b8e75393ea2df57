import { useMemo } from 'preact/hooks'
import { hasEncoder } from '../../../draw/model-shape.ts'
import type { Trace, TracedChoice } from '../../../trace/data/trace.ts'
import { attentionName, attentionView, averaged } from '../../../trace/figure/attention.ts'
import { confidencePicture, headsPicture } from '../../../trace/figure/pictures.ts'
import { shownTokens } from '../../../trace/figure/tokens.ts'
import { headCountOf, layersOf } from '../parts/attention-controls.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import { usePage, useTrace, useTraceOf } from '../state/page.ts'
import { interventionsText } from '../state/run.ts'
import { useChosenStep } from './why.tsx'

/** Which token a word of the translation looked at, and what the model says without one of the heads that looked. */
export function LookedAt() {
  const trace = useTrace()
  return trace && <LookedAtOf plain={trace} />
}

function LookedAtOf({ plain }: { plain: Trace }) {
  const { run, go } = usePage()
  // The unchanged model looks; the changed one only answers.
  const whole = useTraceOf({ ...run, headsOff: [], forced: [] })
  const kind = hasEncoder(plain.model) ? 'cross' : 'decoder'
  const layer = layersOf(plain.model, kind) - 1
  const attention = attentionName(kind, layer)
  const looking = useTraceOf({ ...run, headsOff: [], forced: [] }, { tensors: [`${attention}.weights`] })
  const step = Math.min(useChosenStep(plain), (whole ?? plain).steps.length - 1)
  const line = useMemo(() => whole && confidencePicture(whole, { step }), [whole, step])
  const seen = useMemo(() => looking && lookedAt(looking, kind, layer, step), [looking, kind, layer, step])
  const picture = useMemo(
    () =>
      looking &&
      headsPicture(looking, { kind, layer, head: null, query: step, values: 'weights', words: false, hideEnd: false }),
    [looking, kind, layer, step],
  )
  if (!whole || !line || !seen) return null
  const word = shownTokens(whole.target)[step]
  const off = run.headsOff.find((each) => each.attention === attention)?.head
  const switchTo = (head: number | undefined) =>
    go({ ...interventionsText({ ...run, headsOff: head === undefined ? [] : [{ attention, head }], forced: [] }) })
  return (
    <>
      <PictureView picture={line} onMark={({ step }) => step !== undefined && go({ step, token: `target:${step}` })} />
      <p class="why" role="status">
        For <b>{word}</b>, the last layer looked most at <b>{seen.token}</b>: weight {seen.weight.toFixed(2)}, the mean
        of {seen.heads.length} heads ({seen.heads.map(({ token }, head) => `head ${head}: ${token}`).join(', ')}).
      </p>
      <fieldset class="without">
        <legend>What happens without</legend>
        {Array.from({ length: headCountOf(plain.model, kind) }, (_, head) => (
          <button
            type="button"
            key={head}
            aria-pressed={off === head}
            onClick={() => switchTo(off === head ? undefined : head)}
          >
            head {head}
          </button>
        ))}
      </fieldset>
      {off !== undefined && <Without head={off} whole={whole} changed={plain} step={step} />}
      {picture && <PictureView picture={picture} />}
    </>
  )
}

/** The change of the translation, and of the probability of the word, without one head. */
function Without({ head, whole, changed, step }: { head: number; whole: Trace; changed: Trace; step: number }) {
  const word = shownTokens(whole.target)[step]
  const id = whole.target.ids[step]
  const isSameSoFar = whole.target.ids.slice(0, step).every((each, i) => each === changed.target.ids[i])
  const now = isSameSoFar ? probabilityOf(changed, step, id) : null
  const isSame = whole.target.text === changed.target.text
  return (
    <p class="why" role="status">
      Without head {head} the translation is {isSame ? 'the same' : <q dir="auto">{changed.target.text}</q>}
      {now === null ? '' : `, and the probability of ${word} goes from `}
      {now !== null && (
        <b>
          {percentText(probabilityOf(whole, step, id))} to {percentText(now)}
        </b>
      )}
      .
    </p>
  )
}

/** The probability of a token at a step; null where the trace has not kept it. */
function probabilityOf({ steps }: Trace, step: number, id: number): number | null {
  const all: TracedChoice[] = steps[step] ? [steps[step].chosen, ...steps[step].top] : []
  const choice = all.find((each) => each.id === id)
  return choice ? Math.exp(choice.logProbability) : null
}

const percentText = (probability: number | null) =>
  probability === null ? 'less than the ten best' : `${(100 * probability).toFixed(1)} %`

interface Seen {
  token: string
  weight: number
  /** The most attended token of each head. */
  heads: { token: string }[]
}

function lookedAt(trace: Trace, kind: 'cross' | 'decoder', layer: number, step: number): Seen {
  const view = attentionView(trace, kind, layer)
  const { keys } = view
  const width = keys.tokens.length
  const mostOf = (weights: ArrayLike<number>) => {
    let best = 0
    for (let key = 1; key < width; key++) if (weights[step * width + key] > weights[step * width + best]) best = key
    return { token: keys.tokens[best], weight: weights[step * width + best] }
  }
  return { ...mostOf(averaged(view).heads[0]), heads: view.heads.map(mostOf) }
}
