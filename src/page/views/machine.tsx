import { useMemo } from 'preact/hooks'
import { architecture } from '../../draw/architecture.ts'
import { sideOf } from '../../draw/side.ts'
import { inputSide } from '../../figure/attention.ts'
import { shownTokens } from '../../figure/tokens.ts'
import type { Trace, TracedModel } from '../../trace/trace.ts'
import { attentionOf } from '../attention-kinds.ts'
import { usePage, useTrace } from '../page.ts'
import { PartPanel } from '../part-panel.tsx'
import { PictureView } from '../picture-view.tsx'
import type { View } from '../view.ts'

/** What a part of the picture gives, by its name in a trace. */
export function tensorOf(part: string, model: TracedModel): string | null {
  if (/\.embedding$/.test(part)) return part
  if (/\.positions$/.test(part)) return part.replace('.positions', '.embedded')
  if (/Attention$|\.feedForward$/.test(part)) return `${part}.output`
  if (/\.\d+\.\w+Norm$/.test(part)) return `${part}.normed`
  if (/^(encoder|decoder)\.norm$/.test(part)) return part.replace('.norm', '.output')
  const [, side, layer] = /^(encoder|decoder)\.(\d+)$/.exec(part) ?? []
  if (side === undefined) return null
  const isLast = Number(layer) === model[side as 'encoder' | 'decoder'].layers - 1
  return isLast ? `${side}.output` : `${side}.${Number(layer) + 1}.input`
}

/** Parts that have a strip in the picture: all that compute states. */
function partsOf(model: TracedModel): string[] {
  const { positions, norm } = model
  const ofSide = (side: 'encoder' | 'decoder') => [
    `${side}.embedding`,
    ...(/^(none|relative)/.test(positions) ? [] : [`${side}.positions`]),
    ...Array.from({ length: model[side].layers }, (_, layer) =>
      [side === 'encoder' ? ['selfAttention'] : ['selfAttention', 'crossAttention'], 'feedForward']
        .flat()
        .flatMap((name) => [`${side}.${layer}.${name}`, `${side}.${layer}.${name}Norm`]),
    ).flat(),
    ...(norm.order === 'post' ? [] : [`${side}.norm`]),
  ]
  return [...ofSide('encoder'), ...ofSide('decoder')]
}

function Machine() {
  const plain = useTrace()
  const full = useTrace((trace) => ({
    tensors: partsOf(trace.model).map((part) => tensorOf(part, trace.model)!),
  }))
  const { address, go } = usePage()
  const { part } = address.parameters
  const trace = full ?? plain
  const picture = useMemo(() => trace && drawn(trace), [trace])
  if (!trace || !picture) return null
  const open = (name: string) => {
    const attention = attentionOf(name)
    if (attention) go({ ...attention, heads: undefined }, 'attention')
    else if (name === 'softmax' || name === 'output') go({}, 'decoding')
    else go({ part: name })
  }
  return (
    <>
      {part !== undefined && <PartPanel part={part} tensor={tensorOf(part, trace.model)} />}
      <PictureView
        picture={picture}
        fit="shrink"
        onMark={({ open: name, token }) => (name ? open(name) : go({ token }))}
      />
    </>
  )
}

function drawn(trace: Trace) {
  const { model, source, target } = trace
  const strips = partsOf(model).flatMap((part) => {
    const tensor = trace.tensors[tensorOf(part, model)!]
    return tensor ? [[part, { rows: tensor.shape[0], width: tensor.shape[1], values: tensor.values }]] : []
  })
  return architecture({
    title: `The whole machine: ${model.name}`,
    model,
    source: sideOf('source', shownTokens(source)),
    inputs: inputSide(target),
    outputs: sideOf('target', shownTokens(target)),
    strips: Object.fromEntries(strips),
  })
}

export const machineView: View = {
  name: 'machine',
  title: 'The whole machine',
  note: 'This sentence on its way through the model, from the bottom to the top, with the real shapes; a strip is what a part gives: a row for each token, every value a color. Strips show that something flows and how large it is, not what it means. A click opens the part.',
  Show: Machine,
}
