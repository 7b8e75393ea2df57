import { useMemo } from 'preact/hooks'
import { attentionSteps } from '../../../draw/attention-steps.ts'
import type { NeuronDrawing } from '../../../draw/neuron.ts'
import { NumberTable, numberText } from '../parts/number-table.tsx'
import { usePage } from '../state/page.ts'

/** The numbers of one row of the picture: the key chosen in the address, or the key with the highest weight. */
export function NeuronNumbers({ drawing }: { drawing: NeuronDrawing }) {
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
