import { hasTopNorm } from '../../base/choices/norm-order.ts'
import type { FlowMatrix } from '../../draw/architecture.ts'
import type { Trace } from '../data/trace.ts'

/** The output tensors of the model's parts, as patterns of names. */
export const partTensors = ['*.embedding', '*.embedded', '**.output', '**.normed']

/** The output of each part of the model, from the tensors in a trace. */
export function partStrips({ tensors, model: { norm } }: Pick<Trace, 'tensors' | 'model'>): Record<string, FlowMatrix> {
  const strips: Record<string, FlowMatrix> = {}
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const part = partOf(name, norm.order)
    if (part !== null) strips[part] = { rows: shape[0], width: shape[1], values }
  }
  return strips
}

/** The part whose output a tensor is; null: not an output in the drawing. */
function partOf(name: string, order: Trace['model']['norm']['order']): string | null {
  const [, stack, what] = /^(encoder|decoder)\.(embedding|embedded|output)$/.exec(name) ?? []
  if (what === 'embedding') return name
  if (what === 'embedded') return `${stack}.positions`
  if (what === 'output') return hasTopNorm(order) ? `${stack}.norm` : null
  return (
    /^(.*\.(?:selfAttention|ssru|averageAttention|convolution|crossAttention|feedForward)(?:(?:Input)?Norm)?)\.(?:output|normed)$/.exec(
      name,
    )?.[1] ?? null
  )
}
