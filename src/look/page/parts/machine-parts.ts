import { hasTopNorm, normNames } from '../../../base/choices/norm-order.ts'
import { addsToEmbeddings } from '../../../base/choices/position-kinds.ts'
import {
  computedOnTheWay,
  hasFeedForward,
  moduleOf,
  selfAttentionKindOf,
  waysOfLookingBack,
} from '../../../base/choices/self-attention-kind.ts'
import { hasEncoder } from '../../../draw/model-shape.ts'
import type { TracedModel } from '../../../trace/data/trace.ts'

/** The output tensors of the model's parts, by the parts' names in the picture. */
export function partTensors(model: TracedModel): ReadonlyMap<string, string> {
  const decoder = sideTensors('decoder', model)
  return new Map(hasEncoder(model) ? [...sideTensors('encoder', model), ...decoder] : decoder)
}

/** The output of a whole layer; null where the model has no such layer. */
export function layerTensor(part: string, model: TracedModel): string | null {
  const [, name, number] = /^(encoder|decoder)\.(\d{1,4})$/.exec(part) ?? []
  const side = name as 'encoder' | 'decoder' | undefined
  if (!side || Number(number) >= model[side].layers) return null
  const isLast = Number(number) === model[side].layers - 1
  return isLast ? `${side}.output` : `${side}.${Number(number) + 1}.input`
}

function sideTensors(side: 'encoder' | 'decoder', { positions, norm, ...model }: TracedModel): [string, string][] {
  const sublayers = [
    moduleOf[selfAttentionKindOf(model, side)],
    ...(side === 'decoder' && hasEncoder(model) ? ['crossAttention'] : []),
    ...(hasFeedForward(model, side) ? ['feedForward'] : []),
  ]
  const layers = Array.from({ length: model[side].layers }, (_, layer) =>
    sublayers.flatMap((name): [string, string][] => {
      const part = `${side}.${layer}.${name}`
      return [
        [part, `${part}.output`],
        ...Object.values(normNames(part, norm.order)).flatMap((name): [string, string][] =>
          name === null ? [] : [[name, `${name}.normed`]],
        ),
      ]
    }),
  )
  return [
    [`${side}.embedding`, `${side}.embedding`],
    ...(addsToEmbeddings[positions] ? [[`${side}.positions`, `${side}.embedded`] as [string, string]] : []),
    ...layers.flat(),
    ...(hasTopNorm(norm.order) ? [[`${side}.norm`, `${side}.output`] as [string, string]] : []),
  ]
}

/** The gates of the experts in a feed-forward part, by the name of their tensor; null where it has one network. */
export function gatesOf(part: string, model: TracedModel): string | null {
  const [, name, number] = /^(encoder|decoder)\.(\d{1,4})\.feedForward$/.exec(part) ?? []
  const { experts } = model[name as 'encoder' | 'decoder'] ?? {}
  return experts && (experts.layers?.includes(Number(number)) ?? true) ? `${part}.gates` : null
}

/** The intermediate results of a recurrence: names of tensors. */
export function insideOf(part: string): readonly string[] {
  const module = part.split('.').at(-1)
  const way = waysOfLookingBack.find((each) => moduleOf[each] === module)
  return way ? computedOnTheWay[way].map((name) => `${part}.${name}`) : []
}
