import { useMemo } from 'preact/hooks'
import { headGrid } from '../../../draw/head-grid.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { attentionName, attentionView } from '../../../trace/figure/attention.ts'
import { KindChoice, kindNames, layersOf, useKind } from '../parts/attention-controls.tsx'
import { NARROW, useMedia } from '../parts/media.ts'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { usePage, useTrace } from '../state/page.ts'

function Heads() {
  const plain = useTrace()
  return plain && <HeadsOf plain={plain} />
}

const HeadsOf = ({ plain }: { plain: Trace }) => (
  <>
    <div class="controls">
      <KindChoice model={plain.model} />
    </div>
    <AllHeads plain={plain} />
  </>
)

/** A small matrix for every head of every layer of the address' kind of attention. A click opens the head. */
export function AllHeads({ plain }: { plain: Trace }) {
  const { go } = usePage()
  const kind = useKind(plain.model)
  const isNarrow = useMedia(NARROW)
  const paths = Array.from({ length: layersOf(plain.model, kind) }, (_, layer) => attentionName(kind, layer))
  const trace = useTrace({ tensors: paths.map((path) => `${path}.weights`) })
  const picture = useMemo(() => {
    if (!trace) return null
    const views = Array.from({ length: layersOf(trace.model, kind) }, (_, layer) => attentionView(trace, kind, layer))
    const [queries, keys] = [views[0].queries.tokens.length, views[0].keys.tokens.length]
    const layers = views.map(({ heads }) => heads)
    return headGrid({
      title: `${kindNames[kind]}: every head`,
      queries,
      keys,
      layers,
      width: isNarrow ? 362 : 1000,
      hasLegend: false,
    })
  }, [trace, kind, isNarrow])
  return (
    <>
      <p class="quiet signs">
        <span>
          <code>H</code> entropy in nats: 0 where each query looks at one key alone
        </span>
        <span>
          <code>D</code> weight on the same position, the diagonal
        </span>
        <span>
          <code>P</code> weight on the position before
        </span>
        <span>all are means over the queries, blue from one half on</span>
      </p>
      {picture && (
        <PictureView
          picture={picture}
          onMark={({ layer, head }) => go({ kind, layer, heads: head, sum: undefined, show: undefined }, 'attention')}
        />
      )}
    </>
  )
}

export const headsView: View = {
  name: 'heads',
  title: 'Layers × heads',
  note: 'Every head of one attention on this sentence, a thumbnail each; a click opens it. The numbers below say where its weight lies, which tells one pattern from another here; they do not prove that a head has one role on all sentences.',
  Show: Heads,
}
