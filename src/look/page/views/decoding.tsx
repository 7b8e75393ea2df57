import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Trace } from '../../../trace/data/trace.ts'
import { confidencePicture, distributionPicture } from '../../../trace/figure/pictures.ts'
import { pieceNames } from '../../../trace/figure/tokens.ts'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { useInteger, usePage, useTrace } from '../state/page.ts'
import { interventionsText } from '../state/run.ts'

function Decoding() {
  const { run, exported, go, slide } = usePage()
  const trace = useTrace()
  const steps = trace?.steps ?? []
  const step = useInteger('step', trace ? steps.length : Number.POSITIVE_INFINITY)
  const line = useMemo(() => trace && confidencePicture(trace, { step }), [trace, step])
  const bars = useMemo(() => trace?.steps[step] && distributionPicture(trace, step), [trace, step])
  const shown = useRef<HTMLDivElement>(null)
  useEffect(
    () => shown.current?.querySelector(`[data-step="${step}"]`)?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    [step, line],
  )
  if (!trace || !bars || !line) return null

  const force = (id: number) => {
    // Tokens of the prompt are not chosen, and steps of a search count after it.
    const own = step - (trace.target.given ?? 0)
    if (exported || own < 0 || id === steps[step].chosen.id) return
    // Later forced tokens belonged to another translation.
    const forced = [...run.forced.filter((each) => each.step < own), { step: own, id }]
    go({ ...interventionsText({ ...run, forced }), step, token: undefined })
  }
  return (
    <>
      <div class="controls">
        <button type="button" disabled={step === 0} onClick={() => go({ step: step - 1 })}>
          Back
        </button>
        <label>
          Step{' '}
          <input
            type="range"
            min={1}
            max={steps.length}
            value={step + 1}
            onInput={(event) => slide({ step: Number(event.currentTarget.value) - 1 })}
          />{' '}
          <output>
            {step + 1} of {steps.length}
          </output>
        </label>
        <button type="button" disabled={step === steps.length - 1} onClick={() => go({ step: step + 1 })}>
          Next
        </button>
      </div>
      {!exported && <DraftForm key={run.draft ?? ''} draft={run.draft ?? ''} />}
      <div ref={shown}>
        <PictureView picture={line} onMark={({ step }) => step !== undefined && slide({ step })} />
      </div>
      <p class="so-far">
        So far:{' '}
        <bdi>
          {trace.target.tokens
            .slice(0, step)
            .map((token) => token.replaceAll('▁', ' '))
            .join('')
            .trim() || '(nothing)'}
        </bdi>
      </p>
      <Trail trace={trace} />
      <PictureView picture={bars} onMark={({ id }) => id !== undefined && force(Number(id))} />
    </>
  )
}

/** A text that drafts the translation, or “lookup”; the bars then show which drafted tokens were chosen. */
function DraftForm({ draft }: { draft: string }) {
  const { go } = usePage()
  const [text, setText] = useState(draft)
  return (
    <form
      class="controls"
      onSubmit={(event) => {
        event.preventDefault()
        go({ draft: text.trim() || undefined, step: undefined })
      }}
    >
      <label>
        Draft{' '}
        <input
          type="text"
          name="draft"
          value={text}
          placeholder="another translation, or lookup"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Try</button>
      {draft && <span class="quiet">Under each token: green, drafted and chosen; red, another was drafted.</span>}
    </form>
  )
}

/** The forced tokens in order, each with a button that removes it and all later ones. */
function Trail({ trace }: { trace: Trace }) {
  const { run, exported, go } = usePage()
  const { given = 0 } = trace.target
  if (run.forced.length === 0)
    return exported ? null : (
      <p class="quiet">Click another token, or press Enter on it, to force it and continue from there.</p>
    )
  const keep = (count: number) =>
    go({
      ...interventionsText({ ...run, forced: run.forced.slice(0, count) }),
      step: run.forced[count].step + given,
      token: undefined,
    })
  return (
    <ol class="trail" aria-label="Forced tokens">
      {run.forced.map(({ step, id }, i) => (
        <li key={step}>
          step {step + given + 1}:{' '}
          <bdi>
            {trace.steps[step + given]?.forced
              ? pieceNames(trace)(trace.steps[step + given].chosen.token)
              : `token ${id}`}
          </bdi>{' '}
          {!exported && (
            <button type="button" aria-label={`Take back step ${step + given + 1}`} onClick={() => keep(i)}>
              ✕
            </button>
          )}
        </li>
      ))}
      {!exported && (
        <li>
          <button type="button" onClick={() => keep(0)}>
            Reset
          </button>
        </li>
      )}
    </ol>
  )
}

export const decodingView: View = {
  name: 'decoding',
  title: 'Decoding',
  note: 'Step by step, the probability that the model gave to each next token, and the token that was taken. Force another one to see how the model goes on from there; what it would have said instead does not tell why it chose.',
  Show: Decoding,
}
