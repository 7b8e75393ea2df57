import type { Role } from '../program/declaration.ts'

/*
 * The order in which weights lie in memory. Checkpoints are flat arrays and first values are drawn in this order, so it stays as it is.
 * It is the order in which the model uses its weights, but for what is named here. What a model has besides comes last in its module.
 */

const stacks = ['embedding', 'encoder', 'decoder', 'output']
/** A norm lies behind its sub-layer, also where it is played before. Keys and values of the source are played before their decoder. */
const sublayers = [
  ...['selfAttention', 'selfAttentionNorm', 'crossAttention', 'crossAttentionNorm'],
  ...['feedForward', 'feedForwardNorm'],
]
const inAttention = [
  ...['queryKeyValue.weight', 'queryKeyValue.bias'],
  ...['query.weight', 'keyValue.weight', 'query.bias', 'keyValue.bias'],
  ...['output.weight', 'output.bias', 'relativeKeys.weight', 'relativeValues.weight'],
]

/** Sorts weights, which come in the order of recording. */
export function inMemoryOrder<Weight extends { name: string; role: Role }>(weights: readonly Weight[]): Weight[] {
  const keyed = weights.map((weight) => ({ weight, key: keyOf(weight) }))
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ weight }) => weight)
}

/** Embeddings of all stacks, then learned positions, then stack by stack, layer by layer; behind its layers what else a stack has. */
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

/** Those that are not in the list are equal, and behind it. */
const rank = (list: readonly string[], item: string | undefined) => {
  const index = item === undefined ? -1 : list.indexOf(item)
  return index < 0 ? list.length : index
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : a[at] - b[at]
}
