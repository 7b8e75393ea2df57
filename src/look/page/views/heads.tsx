import { useMemo } from 'preact/hooks'
import { headGrid } from '../../draw/head-grid.ts'
import { attentionName, attentionView } from '../../figure/attention.ts'
import type { Trace } from '../../trace/trace.ts'
import { attentionKindsOf, KindChoice, layersOf } from '../attention-controls.tsx'
import { kindNames } from '../attention-kinds.ts'
import { useChoice, usePage, useTrace } from '../page.ts'
import { PictureView } from '../picture-view.tsx'
import type { View } from '../view.ts'

function Heads() {
  const plain = useTrace()
  return plain && <HeadsOf plain={plain} />
}

function HeadsOf({ plain }: { plain: Trace }) {
  const { go } = usePage()
  const kind = useChoice('kind', attentionKindsOf(plain.model))
  const paths = Array.from({ length: layersOf(plain.model, kind) }, (_, layer) => attentionName(kind, layer))
  const trace = useTrace({ tensors: paths.map((path) => `${path}.weights`) })
  const picture = useMemo(() => {
    if (!trace) return null
    const views = Array.from({ length: layersOf(trace.model, kind) }, (_, layer) => attentionView(trace, kind, layer))
    const [queries, keys] = [views[0].queries.tokens.length, views[0].keys.tokens.length]
    const layers = views.map(({ heads }) => heads)
    return headGrid({ title: `${kindNames[kind]}: every head`, queries, keys, layers, width: 1000 })
  }, [trace, kind])
  return (
    <>
      <div class="controls">
        <KindChoice model={plain.model} />
      </div>
      {picture && (
        <PictureView
          picture={picture}
          onMark={({ layer, head }) => go({ kind, layer, heads: head, sum: undefined }, 'attention')}
        />
      )}
    </>
  )
}

export const headsView: View = {
  name: 'heads',
  title: 'Layers × heads',
  note: 'Every head of one attention on this sentence, a thumbnail each; a click opens it. Badges count where its weight lies, which tells a pattern from another here; that a head has one role on all sentences they do not prove.',
  Show: Heads,
}
