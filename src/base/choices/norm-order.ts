/**
 * Where norms stand around sub-layers. `post`: Norm(x + f(x)), as in the paper; `postFinal`: the same, with one more
 * norm on top of each stack; `pre`: x + f(Norm(x)), with that norm.
 */
export const normOrders = ['post', 'postFinal', 'pre'] as const

/**
 * A named order, or the operations of Marian's options (before each sub-layer, after it, and on top of a stack) as
 * 'n/dan/n': n is a norm, a the sum with the residual (on top: with the embeddings), d dropout.
 */
export type NormOrder = (typeof normOrders)[number] | `${string}/${string}/${string}`

/** The operations before and after each sub-layer, and on top of each stack, one letter for each. */
export interface SublayerOperations {
  before: string
  after: string
  top: string
}

const operationsOfOrders: Readonly<Record<(typeof normOrders)[number], SublayerOperations>> = {
  post: { before: '', after: 'dan', top: '' },
  postFinal: { before: '', after: 'dan', top: 'n' },
  pre: { before: 'n', after: 'da', top: 'n' },
}

export function operationsOf(order: NormOrder): SublayerOperations {
  if (Object.hasOwn(operationsOfOrders, order)) return operationsOfOrders[order as (typeof normOrders)[number]]
  const [before, after, top] = order.split('/')
  return { before, after, top }
}

/** Whether a text is an order of norms; no place may repeat an operation. */
export function isNormOrder(text: string): text is NormOrder {
  if ((normOrders as readonly string[]).includes(text)) return true
  return /^[nd]*\/[nad]*\/[nad]*$/.test(text) && text.split('/').every((part) => new Set(part).size === part.length)
}

/** The shortest name of the operations in Marian's options: 'post' for '', 'dan' and ''. */
export function normOrderOf({ before, after, top }: SublayerOperations): NormOrder {
  const same = (other: SublayerOperations) => other.before === before && other.after === after && other.top === top
  return normOrders.find((name) => same(operationsOfOrders[name])) ?? `${before}/${after}/${top}`
}

/**
 * The names of the norms before and after a sub-layer; null where there is none. The norm of a sub-layer with only one
 * is called Norm.
 */
export function normNames(sublayer: string, order: NormOrder): { before: string | null; after: string | null } {
  const { before, after } = operationsOf(order)
  const [isBefore, isAfter] = [before.includes('n'), after.includes('n')]
  return {
    before: isBefore ? `${sublayer}${isAfter ? 'InputNorm' : 'Norm'}` : null,
    after: isAfter ? `${sublayer}Norm` : null,
  }
}

/** Whether there is a norm on top of each stack. */
export const hasTopNorm = (order: NormOrder): boolean => operationsOf(order).top.includes('n')

/** The position of the norms in words. */
export function normPlace(order: NormOrder): string {
  const { before, after } = operationsOf(order)
  if (before.includes('n')) return after.includes('n') ? 'before and after' : 'before'
  return after.includes('n') ? 'after' : 'nowhere around'
}
