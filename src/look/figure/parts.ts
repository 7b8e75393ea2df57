import { hasTopNorm } from '../../base/norm-order.ts'
import type { FlowMatrix } from '../draw/architecture.ts'
import type { Trace } from '../trace/trace.ts'

/** The tensors that flow out of the parts of the machine, as patterns of their names. */
export const partTensors = ['*.embedding', '*.embedded', '**.output', '**.normed']

/** What each part of the machine gives, of the tensors that a trace has. */
export function partStrips({ tensors, model: { norm } }: Pick<Trace, 'tensors' | 'model'>): Record<string, FlowMatrix> {
  const strips: Record<string, FlowMatrix> = {}
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const part = partOf(name, norm.order)
    if (part !== null) strips[part] = { rows: shape[0], width: shape[1], values }
  }
  return strips
}

/** The part whose output a tensor is; null: none that is drawn. */
function partOf(name: string, order: Trace['model']['norm']['order']): string | null {
  const [, stack, what] = /^(encoder|decoder)\.(embedding|embedded|output)$/.exec(name) ?? []
  if (what === 'embedding') return name
  if (what === 'embedded') return `${stack}.positions`
  if (what === 'output') return hasTopNorm(order) ? `${stack}.norm` : null
  return (
    /^(.*\.(?:selfAttention|ssru|averageAttention|crossAttention|feedForward)(?:(?:Input)?Norm)?)\.(?:output|normed)$/.exec(
      name,
    )?.[1] ?? null
  )
}
