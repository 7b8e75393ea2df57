import type { Pair } from '../pairs/corpus.ts'

/** A part of a text, by the indexes where it begins and ends. */
export interface Span {
  at: number
  end: number
}

/** A place in both sides with the same content: a name, a number, or words that translate each other. */
export interface Slot {
  kind: 'name' | 'number' | 'word'
  source: Span
  target: Span
}

/** The new text of a slot. */
export type Filling = (text: string) => string

/** A pair with new texts in its slots: `fillings` has one for each slot, null if the text stays. */
export function filled(pair: Pair, slots: readonly Slot[], fillings: readonly (Filling | null)[]): Pair {
  const fill = (side: 'source' | 'target') => {
    let result = pair[side]
    const order = slots.map((slot, k) => ({ ...slot[side], filling: fillings[k] }))
    for (const { at, end, filling } of order.sort((a, b) => b.at - a.at))
      if (filling) result = result.slice(0, at) + filling(result.slice(at, end)) + result.slice(end)
    return result
  }
  return { source: fill('source'), target: fill('target') }
}
