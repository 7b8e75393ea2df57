import type { Pair } from '../data/corpus.ts'

/** A place of both sides where the same text stands. */
export interface Slot {
  kind: 'name' | 'number'
  text: string
  /** Where it begins in each side. */
  source: number
  target: number
}

const NAME = /(?<![\p{L}\p{M}\p{N}_])\p{Lu}[\p{L}\p{M}]+(?![\p{L}\p{M}\p{N}_])/gu
const NUMBER = /(?<![\p{L}\p{M}\p{N}_]|\d[ \u00a0\u202f.,:/-])\d{1,7}(?![\p{L}\p{M}\p{N}_]|[ \u00a0\u202f.,:/-]\d)/gu
const PART_OF_WORD = /[\p{L}\p{M}\p{N}_]/u

/** The names that stand once on each side, from left to right of the source. Names behind one another are one, where both sides agree. */
export function nameSlots(pair: Pair, isName: (word: string) => boolean): Slot[] {
  const slots: Slot[] = []
  for (const run of runs(pair.source, isName)) {
    const whole = slotOf('name', pair, run[0].at, pair.source.slice(run[0].at, run.at(-1)!.end))
    if (whole) slots.push(whole)
    else
      for (const { at, end } of run) {
        const slot = slotOf('name', pair, at, pair.source.slice(at, end))
        if (slot) slots.push(slot)
      }
  }
  return slots
}

/** Names that follow each other with one space or hyphen between. */
function runs(text: string, isName: (word: string) => boolean): { at: number; end: number }[][] {
  const found: { at: number; end: number }[][] = []
  let end = -2
  for (const { 0: word, index: at } of text.matchAll(NAME)) {
    if (!isName(word)) continue
    const name = { at, end: at + word.length }
    if (at === end + 1 && (text[end] === ' ' || text[end] === '-')) found.at(-1)!.push(name)
    else found.push([name])
    end = name.end
  }
  return found
}

/** The numbers in digits that stand once on each side. 0 and 1 stay, as grammar depends on them. */
export function numberSlots(pair: Pair): Slot[] {
  const inTarget = [...pair.target.matchAll(NUMBER)].map(([digits]) => digits)
  return [...pair.source.matchAll(NUMBER)].flatMap(({ 0: digits, index }) =>
    Number(digits) > 1 && inTarget.includes(digits) ? (slotOf('number', pair, index, digits) ?? []) : [],
  )
}

function slotOf(kind: Slot['kind'], { source, target }: Pair, at: number, text: string): Slot | null {
  if (placeIn(source, text) !== at) return null
  const inTarget = placeIn(target, text)
  return inTarget < 0 ? null : { kind, text, source: at, target: inTarget }
}

/** Where a text stands between the ends of words, if it stands there once; -1 otherwise. */
function placeIn(text: string, part: string): number {
  let found = -1
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const before = text[at - 1] ?? ''
    const after = text[at + part.length] ?? ''
    if (PART_OF_WORD.test(before) || PART_OF_WORD.test(after)) continue
    if (found >= 0) return -1
    found = at
  }
  return found
}

/** A pair with other texts in its slots; `texts` has one for each slot. */
export function filled(pair: Pair, slots: readonly Slot[], texts: readonly string[]): Pair {
  const fill = (side: 'source' | 'target') => {
    const order = slots.map((slot, k) => ({ at: slot[side], length: slot.text.length, text: texts[k] }))
    let result = pair[side]
    for (const { at, length, text } of order.sort((a, b) => b.at - a.at))
      result = result.slice(0, at) + text + result.slice(at + length)
    return result
  }
  return { source: fill('source'), target: fill('target') }
}
