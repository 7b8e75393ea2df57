import type { Item } from './items.ts'
import type { Segment } from './placement.ts'
import { speaks } from './span.ts'

/** A sentence of a source with its items, whose `mate` numbers count from the item `first`. */
interface Sentence {
  source: string
  start: number
  end: number
  items: readonly Item[]
  first: number
}

/** The segments between the items: the elements around each, and whether these would be empty without it. */
export function segmentsOf(sentence: Sentence): Segment[] {
  const { items } = sentence
  const segments = contextsOf(sentence).map((context): Segment => ({ context, isFilled: false }))
  const speaking = partsOf(sentence).map(speaks)
  for (const { first, last } of elementsOf(sentence)) {
    const own = segments.slice(first, last + 1)
    const hasUnit = items.slice(first, last).some(({ kind }) => kind === 'copy')
    if (hasUnit || own.some(({ isFilled }) => isFilled)) continue
    const spoken = speaking.lastIndexOf(true, last)
    if (spoken >= first) segments[spoken].isFilled = true
  }
  return segments
}

/** The source of each segment. */
const partsOf = ({ source, start, end, items }: Sentence): string[] =>
  Array.from({ length: items.length + 1 }, (_, i) => source.slice(items[i - 1]?.end ?? start, items[i]?.start ?? end))

/** The elements that surround each segment, by the numbers of the items that close them. */
function contextsOf(sentence: Sentence): string[] {
  const within = closingEarlier(sentence)
  const contexts = [within.join()]
  sentence.items.forEach((item, i) => {
    if (item.kind === 'open') within.push(closeOf(sentence, item))
    else if (item.kind === 'close' && within.includes(i)) within.splice(within.lastIndexOf(i), 1)
    contexts.push(within.join())
  })
  return contexts
}

/** The first and the last segment of each element that has both tags, outer elements before those within them. */
function elementsOf(sentence: Sentence): { first: number; last: number }[] {
  const opened = sentence.items.flatMap((item, i) =>
    item.kind === 'open' && item.mate >= 0 ? [{ first: i + 1, last: closeOf(sentence, item) }] : [],
  )
  return [...closingEarlier(sentence).map((close) => ({ first: 0, last: close })), ...opened]
}

/** The items that close elements which begin before the sentence. */
const closingEarlier = ({ items, first }: Sentence): number[] =>
  items.flatMap(({ kind, mate }, i) => (kind === 'close' && mate < first ? [i] : []))

/** The item that closes an element; the number of items if the element ends after the sentence. */
function closeOf({ items, first }: Sentence, { mate }: Item): number {
  const close = mate - first
  return mate >= 0 && close < items.length ? close : items.length
}
