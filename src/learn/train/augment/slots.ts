import { lastOf } from '../../../base/present.ts'
import type { Pair } from '../pairs/corpus.ts'
import type { LanguagePair } from './case.ts'
import type { CorpusWords } from './corpus-words.ts'
import { numberWordIn } from './number-words.ts'
import type { Slot, Span } from './slot.ts'

const NAME = /(?<![\p{L}\p{M}\p{N}_])\p{Lu}[\p{L}\p{M}]+(?![\p{L}\p{M}\p{N}_])/gu
const NUMBER = /(?<![\p{L}\p{M}\p{N}_]|\d[ \u00a0\u202f.,:/-])\d{1,7}(?![\p{L}\p{M}\p{N}_]|[ \u00a0\u202f.,:/-]\d)/gu
const PART_OF_WORD = /[\p{L}\p{M}\p{N}_]/u

/** All slots of a pair. No two of them overlap. */
export function slotsOf(pair: Pair, words: CorpusWords, languages: LanguagePair): Slot[] {
  const slots: Slot[] = []
  const numberWord = numberWordIn(pair, languages)
  const found: Slot[] = [
    ...nameSlots(pair, (word) => words.isName(word)),
    ...numberSlots(pair),
    ...(numberWord ? [{ kind: 'number', ...numberWord } as const] : []),
    ...words.aligned(pair),
  ]
  for (const slot of found)
    if (!slots.some((other) => overlap(slot.source, other.source) || overlap(slot.target, other.target)))
      slots.push(slot)
  return slots
}

const overlap = (a: Span, b: Span) => a.at < b.end && b.at < a.end

/** The names that occur once on each side, in the same form. Adjacent names are one name, if both sides agree. */
export function nameSlots(pair: Pair, isName: (word: string) => boolean): Slot[] {
  const slots: Slot[] = []
  for (const run of runs(pair.source, isName)) {
    const whole = sameSlot('name', pair, { at: run[0].at, end: lastOf(run).end })
    if (whole) slots.push(whole)
    else slots.push(...run.flatMap((span) => sameSlot('name', pair, span) ?? []))
  }
  return slots
}

/** Adjacent names, separated by one space or hyphen. */
function runs(text: string, isName: (word: string) => boolean): Span[][] {
  const found: Span[][] = []
  let end = -2
  for (const { 0: word, index: at } of text.matchAll(NAME)) {
    if (!isName(word)) continue
    const name = { at, end: at + word.length }
    if (at === end + 1 && (text[end] === ' ' || text[end] === '-')) lastOf(found).push(name)
    else found.push([name])
    end = name.end
  }
  return found
}

/** The numbers in digits that occur once on each side. 0 and 1 stay, because grammar depends on them. */
export function numberSlots(pair: Pair): Slot[] {
  const inTarget: readonly string[] = pair.target.match(NUMBER) ?? []
  return [...pair.source.matchAll(NUMBER)].flatMap(({ 0: digits, index: at }) =>
    Number(digits) > 1 && inTarget.includes(digits)
      ? (sameSlot('number', pair, { at, end: at + digits.length }) ?? [])
      : [],
  )
}

function sameSlot(kind: Slot['kind'], { source, target }: Pair, span: Span): Slot | null {
  const text = source.slice(span.at, span.end)
  if (placeIn(source, text) !== span.at) return null
  const at = placeIn(target, text)
  return at < 0 ? null : { kind, source: span, target: { at, end: at + text.length } }
}

/** The index of a text between word boundaries, if it occurs there once; -1 otherwise. */
function placeIn(text: string, part: string): number {
  let found = -1
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (PART_OF_WORD.test(text[at - 1] ?? '') || PART_OF_WORD.test(text[at + part.length] ?? '')) continue
    if (found >= 0) return -1
    found = at
  }
  return found
}
