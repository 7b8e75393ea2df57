import type { Role } from '../program/declaration.ts'

/*
 * The order of weights in memory. Checkpoints are flat arrays and initial values are drawn in this order, so it must
 * not change. It is the order in which the model uses its weights, except for the modules named here. Other weights
 * come last in their module.
 */

const stacks = ['embedding', 'encoder', 'decoder', 'output']
/**
 * A norm follows its sub-layer, even if it runs before it. Keys and values of the source lie in their decoder, although
 * they are computed before it.
 */
const sublayers = [
  ...['selfAttention', 'selfAttentionNorm', 'crossAttention', 'crossAttentionNorm'],
  ...['feedForward', 'feedForwardNorm'],
]
const inAttention = [
  ...['queryKeyValue.weight', 'queryKeyValue.bias'],
  ...['query.weight', 'keyValue.weight', 'query.bias', 'keyValue.bias'],
  ...['output.weight', 'output.bias', 'relativeKeys.weight', 'relativeValues.weight'],
]

/** Sorts weights that come in the order of recording. */
export function inMemoryOrder<Weight extends { name: string; role: Role }>(weights: readonly Weight[]): Weight[] {
  const keyed = weights.map((weight) => ({ weight, key: keyOf(weight) }))
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ weight }) => weight)
}

/**
 * The sort key of a weight: the embeddings of all stacks come first, then learned positions, then the layers, stack by
 * stack. The other weights of a stack follow its layers.
 */
function keyOf({ name, role }: { name: string; role: Role }): number[] {
  const [stack, layer, sublayer, ...rest] = name.split('.')
  const tables = ['embedding', 'positions'].indexOf(role)
  return [
    tables < 0 ? 2 : tables,
    rank(stacks, stack),
    /^\d+$/.test(layer) ? Number(layer) : Number.POSITIVE_INFINITY,
    rank(sublayers, sublayer),
    rank(inAttention, rest.join('.')),
  ]
}

/** The index of an item in a list. Items that are not in the list get the index after its end. */
const rank = (list: readonly string[], item: string | undefined) => {
  const index = item === undefined ? -1 : list.indexOf(item)
  return index < 0 ? list.length : index
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : a[at] - b[at]
}
