import { useMemo } from 'preact/hooks'
import { lastOf } from '../../../base/present.ts'
import { attentionMatrix } from '../../../draw/attention-matrix.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { attentionName, attentionView, averaged } from '../../../trace/figure/attention.ts'
import { learningPicture } from '../../../trace/figure/learning.ts'
import { stepsPicture } from '../../../trace/figure/steps.ts'
import { KindChoice, kindNames, LayerChoice, useAttention } from '../parts/attention-controls.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { useInteger, usePage, useTraceOf } from '../state/page.ts'
import type { Run } from '../state/run.ts'

function Training() {
  const { run, data } = usePage()
  const last = useTraceOf({ ...run, model: data.models[0] })
  if (!last) return null
  return <TrainingOf last={last} />
}

/** `last`: the latest step, whose translation all steps are compared on. */
function TrainingOf({ last }: { last: Trace }) {
  const { run, data, slide } = usePage()
  // The latest checkpoint is first in the page's data, and last on the scale.
  // biome-ignore lint/style/noNonNullAssertion: the view waits until there is a trace for each step
  const steps = [...data.steps!].reverse()
  const models = [...data.models].reverse()
  const place = useInteger('checkpoint', steps.length, steps.length - 1)
  const { kind, layer } = useAttention(last.model)
  const runs = models.map((model): Run => ({ ...run, model, forced: [], target: last.target.ids }))
  const traces = runs.map((each) => useTraceOf(each))
  const name = `${attentionName(kind, layer)}.weights`
  const trace = useTraceOf(runs[place], { tensors: [name] })
  const own = useTraceOf({ ...run, model: models[place] })
  const loaded = traces.every((each) => each !== null)
  const key = traces.map((each) => (each ? 1 : 0)).join('') + last.target.ids.join()
  const pictures = useMemo(() => {
    if (!loaded) return null
    // biome-ignore lint/style/noNonNullAssertion: the view waits until there is a trace for each step
    const learned = traces.map((each, i) => ({ step: steps[i], trace: each! }))
    return {
      curves: learningPicture(learned, steps[place]),
      distributions: stepsPicture(
        // biome-ignore lint/style/noNonNullAssertion: the view waits until there is a trace for each step
        traces[place]!,
        // biome-ignore lint/style/noNonNullAssertion: the view waits until there is a trace for each step
        traces.flatMap((each) => each!.steps),
      ),
    }
  }, [key, place])
  const attention = useMemo(() => {
    if (!trace) return null
    const { queries, keys, heads } = averaged(attentionView(trace, kind, layer))
    const title = `${kindNames[kind]}, layer ${layer}, mean of all heads, step ${steps[place]}`
    return attentionMatrix({ title, queries, keys, values: heads[0], scale: 'weights' })
  }, [trace, kind, layer, place])
  const to = (checkpoint: number) => slide({ checkpoint })
  return (
    <>
      <div class="controls">
        <button type="button" disabled={place === 0} onClick={() => to(place - 1)}>
          Earlier
        </button>
        <label>
          Checkpoint{' '}
          <input
            type="range"
            min={0}
            max={steps.length - 1}
            value={place}
            aria-valuetext={`step ${steps[place]}`}
            onInput={(event) => to(Number(event.currentTarget.value))}
          />{' '}
          <output>
            step {steps[place].toLocaleString('en')} of {lastOf(steps).toLocaleString('en')}
          </output>
        </label>
        <button type="button" disabled={place === steps.length - 1} onClick={() => to(place + 1)}>
          Later
        </button>
        <KindChoice model={last.model} />
        <LayerChoice model={last.model} />
      </div>
      <p class="learned">
        Here the model translates: <q dir="auto">{own?.target.text ?? '…'}</q>
      </p>
      {pictures && <PictureView picture={pictures.curves} />}
      {pictures && <PictureView picture={pictures.distributions} />}
      {attention && <PictureView picture={attention} />}
    </>
  )
}

export const trainingView: View = {
  name: 'training',
  title: 'Training',
  note: 'One sentence at the checkpoints of a training: how probable each token of its last translation was, what the model would have said instead, and where it looked. It shows what was learned and when, not from which sentence pairs.',
  Show: Training,
}
