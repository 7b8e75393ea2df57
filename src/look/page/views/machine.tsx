import { useMemo } from 'preact/hooks'
import { architecture } from '../../../draw/architecture.ts'
import { sideOf } from '../../../draw/marks/side.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { inputSide } from '../../../trace/figure/attention.ts'
import { shownTokens } from '../../../trace/figure/tokens.ts'
import { attentionOf } from '../parts/attention-controls.tsx'
import { layerTensor, partTensors } from '../parts/machine-parts.ts'
import { NARROW, useMedia } from '../parts/media.ts'
import { PartPanel } from '../parts/part-panel.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { usePage, useTrace } from '../state/page.ts'

function Machine() {
  const plain = useTrace()
  const full = useTrace(({ model }) => ({ tensors: [...partTensors(model).values()] }))
  const { address, go } = usePage()
  const { part } = address.parameters
  const trace = full ?? plain
  const isNarrow = useMedia(NARROW)
  const picture = useMemo(() => trace && drawn(trace, isNarrow), [trace, isNarrow])
  if (!trace || !picture) return null
  const open = (name: string) => {
    const attention = attentionOf(name)
    if (attention) go({ ...attention, heads: undefined }, 'attention')
    else if (name === 'softmax' || name === 'output') go({}, 'decoding')
    else go({ part: name })
  }
  return (
    <>
      {part !== undefined && (
        <PartPanel part={part} tensor={partTensors(trace.model).get(part) ?? layerTensor(part, trace.model)} />
      )}
      <PictureView
        picture={picture}
        fit="shrink"
        onMark={({ open: name, token }) => (name ? open(name) : go({ token }))}
      />
    </>
  )
}

function drawn(trace: Trace, isStacked: boolean) {
  const { model, source, target } = trace
  const strips = [...partTensors(model)].flatMap(([part, name]) => {
    const tensor = trace.tensors[name]
    return tensor ? [[part, { rows: tensor.shape[0], width: tensor.shape[1], values: tensor.values }]] : []
  })
  return architecture({
    title: `The whole machine: ${model.name}`,
    model,
    source: sideOf('source', shownTokens(source)),
    inputs: inputSide(trace),
    outputs: sideOf('target', shownTokens(target)),
    strips: Object.fromEntries(strips),
    isStacked,
  })
}

export const machineView: View = {
  name: 'machine',
  title: 'The whole machine',
  note: 'This sentence on its way through the model, from the bottom to the top, with the real shapes; a strip is what a part gives: a row for each token, every value a color. Strips show that something flows and how large it is, not what it means. A click opens the part.',
  Show: Machine,
}
