import { useMemo } from 'preact/hooks'
import { attentionSteps } from '../../../draw/attention-steps.ts'
import { type NeuronDrawing, neuron } from '../../../draw/neuron.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { attentionName, sidesOf } from '../../../trace/figure/attention.ts'
import { distanceTensors } from '../../../trace/figure/distances.ts'
import { neuronDrawing } from '../../../trace/figure/pictures.ts'
import { headCountOf, KindChoice, LayerChoice, useAttention } from '../parts/attention-controls.tsx'
import { Choice, numbered } from '../parts/choice.tsx'
import { NARROW, useMedia } from '../parts/media.ts'
import { NumberTable, numberText } from '../parts/number-table.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { useInteger, usePage, useTrace } from '../state/page.ts'

function Neuron() {
  const plain = useTrace()
  return plain && <NeuronOf plain={plain} />
}

function NeuronOf({ plain }: { plain: Trace }) {
  const { go } = usePage()
  const { kind, layer } = useAttention(plain.model)
  const heads = headCountOf(plain.model, kind)
  const head = useInteger('head', heads)
  const { queries } = useMemo(() => sidesOf(plain, kind), [plain, kind])
  const query = useQuery(queries.marks)
  const trace = useTrace({
    tensors: [
      ...['query', 'key', 'value'].map((what) => `${attentionName(kind, layer)}.${what}`),
      ...distanceTensors(plain.model, kind, layer),
    ],
  })
  const drawing = useMemo(
    () => trace && neuronDrawing(trace, { kind, layer, head, query }),
    [trace, kind, layer, head, query],
  )
  const isNarrow = useMedia(NARROW)
  const isMiddle = useMedia('(max-width: 1120px)')
  const strip = isNarrow ? 36 : isMiddle ? 88 : 160
  const picture = useMemo(() => drawing && neuron({ ...drawing, strip }), [drawing, strip])
  return (
    <>
      <div class="controls">
        <KindChoice model={plain.model} />
        <LayerChoice model={plain.model} />
        <Choice legend="Head" options={numbered(heads)} chosen={head} onChoose={(head) => go({ head })} />
        <label>
          Query{' '}
          <select value={query} onChange={(event) => go({ query: event.currentTarget.value })}>
            {queries.tokens.map((token, i) => (
              <option key={i} value={i}>
                {i}: {token}
              </option>
            ))}
          </select>
        </label>
      </div>
      {picture && drawing && (
        <>
          <PictureView picture={picture} fit={isNarrow ? 'shrink' : 'scroll'} />
          <NeuronNumbers drawing={drawing} />
        </>
      )}
    </>
  )
}

/** The index of the query in the address; by default the chosen token, where it is a query, or the first. */
function useQuery(marks: readonly string[]): number {
  const { token } = usePage().address.parameters
  return useInteger('query', marks.length, Math.max(0, marks.indexOf(token)))
}

export const neuronView: View = {
  name: 'neuron',
  title: 'Neuron view',
  note: 'One query of one head in six steps, computed on this page from the q, k and v of the model: each k is multiplied with q, the products are summed, divided and put through softmax, and the values are added up by these weights. It shows how the weights come about; it does not show what a dimension means, nor that the output depends on this head.',
  Show: Neuron,
}

/** The numbers of one row of the picture: the key chosen in the address, or the key with the highest weight. */
function NeuronNumbers({ drawing }: { drawing: NeuronDrawing }) {
  const { address } = usePage()
  const { query, keys, q, k, v, added } = drawing
  const steps = useMemo(() => attentionSteps(q, k, v, drawing), [drawing])
  const chosen = keys.findIndex(({ mark }) => mark === address.parameters.token)
  const row = chosen >= 0 ? chosen : steps.weights.indexOf(Math.max(...steps.weights))
  return (
    <details class="numbers">
      <summary>
        All numbers of the query <bdi>{query.token}</bdi> and the key <bdi>{keys[row].token}</bdi>
      </summary>
      <p class="quiet">
        q · k {added && '+ b '}= {numberText(steps.scores[row])}; scaled: {numberText(steps.scaled[row])}; softmax:{' '}
        {numberText(steps.weights[row])}. Click another row to see its numbers.
      </p>
      <NumberTable
        columns="dimension"
        rows={[
          { name: 'q', values: q },
          { name: 'k', values: k[row] },
          { name: 'q × k', values: steps.products[row] },
          { name: 'v', values: v[row] },
          { name: 'softmax × v', values: steps.weighted[row] },
          { name: 'z', values: steps.z },
        ]}
      />
    </details>
  )
}
