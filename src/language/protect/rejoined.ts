import type { Item } from './items.ts'
import type { PlacedSpan, PlacedText } from './span.ts'

/** A translation with places for its items. */
interface Placement {
  text: string
  words: readonly { start: number; end: number; speaks: boolean; isDropped: boolean }[]
  /** The word that each item replaces, or -1. */
  anchors: readonly number[]
  /** The word after each item. */
  places: readonly number[]
}

/**
 * Puts items into a translation. Tags are placed directly at the words that they wrap; other items have white space
 * where the source has it.
 */
export function rejoined(
  source: string,
  items: readonly Item[],
  { text, words, anchors, places }: Placement,
): PlacedText {
  const itemOf = new Map(anchors.flatMap((word, i) => (word < 0 ? [] : [[word, i] as const])))
  const made = new Rejoined(source)
  let next = 0
  for (let w = 0; w <= words.length; w++) {
    const here: Item[] = []
    for (; next < items.length && places[next] === w && anchors[next] < 0; next++) here.push(items[next])
    const isDropped = w < words.length && words[w].isDropped
    const white = isDropped
      ? ''
      : text.slice(w === 0 ? 0 : words[w - 1].end, w < words.length ? words[w].start : text.length)
    const spaces = spacesAround(source, here, {
      white,
      isFirst: w === 0,
      isLast: w === words.length,
      isBeforeWord: w < words.length && words[w].speaks,
    })
    for (const [i, space] of spaces.entries()) {
      made.add(space)
      if (i < here.length) made.copy(here[i])
    }
    if (w === words.length) break
    if (isDropped) continue
    const item = itemOf.get(w)
    if (item === undefined) made.add(text.slice(words[w].start, words[w].end))
    else {
      made.copy(items[item])
      next = item + 1
    }
  }
  return { text: made.text, spans: made.spans }
}

/** A text with items of its source, as it grows. */
class Rejoined {
  text = ''
  readonly spans: PlacedSpan[] = []
  readonly #source: string

  constructor(source: string) {
    this.#source = source
  }

  add(text: string): void {
    this.text += text
  }

  /** Appends an item as it is in the source. */
  copy(item: Item): void {
    this.spans.push(...moved(item, this.text.length - item.start))
    this.text += this.#source.slice(item.start, item.end)
  }
}

/** A part of a source, unchanged, as its own translation. */
export const unchanged = (source: string, start: number, end: number, items: readonly Item[]): PlacedText => ({
  text: source.slice(start, end),
  spans: items.flatMap((item) => moved(item, -start)),
})

const moved = ({ spans }: Item, by: number): PlacedSpan[] =>
  spans.map(({ start, end, kind, index }) => ({
    start: start + by,
    end: end + by,
    kind,
    source: { start, end },
    ...(index !== undefined && { index }),
  }))

interface Gap {
  /** The white space of the translation. */
  white: string
  isFirst: boolean
  isLast: boolean
  /** Whether a word follows, and not punctuation. */
  isBeforeWord: boolean
}

/** The white space before each item between two words, and after the last item. */
function spacesAround(source: string, items: readonly Item[], gap: Gap): string[] {
  if (!items.length) return [gap.white]
  const wishes = Array.from({ length: items.length + 1 }, (_, i) => {
    const left = i > 0 ? after(source, items[i - 1]) : gap.isFirst ? false : null
    const isClosed = gap.isLast || (gap.white === '' && !gap.isBeforeWord)
    const right = i < items.length ? before(source, items[i]) : isClosed ? false : null
    return left === false || right === false ? false : (left ?? right)
  })
  if (gap.white !== '' && !wishes.includes(true)) {
    const free = wishes.indexOf(null)
    if (free >= 0) wishes[free] = true
  }
  return wishes.map((wish) => (wish ? gap.white || ' ' : ''))
}

/** Whether white space belongs before an item: null where either is fine. */
function before(source: string, { kind, start }: Item): boolean | null {
  if (kind === 'open') return null
  if (kind === 'close') return false
  return /\s$/.test(source.slice(0, start).slice(-1)) || (kind === 'copy' && start === 0)
}

function after(source: string, { kind, end }: Item): boolean | null {
  if (kind === 'close') return null
  if (kind === 'open') return false
  return /^\s/.test(source.slice(end, end + 1)) || (kind === 'copy' && end === source.length)
}
