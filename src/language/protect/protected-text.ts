import { GlassformerError } from '../../base/errors.ts'
import { whole } from '../../base/values/number-text.ts'
import type { FoundSpan } from './found.ts'
import { type Item, itemsOf } from './items.ts'
import { ProtectedSentence } from './protected-sentence.ts'
import { unchanged } from './rejoined.ts'
import type { PlacedText } from './span.ts'

/**
 * The maximum number of protected parts in a text. They cross from thread to thread with the text and its translation,
 * and the event loop takes about two microseconds for each of them.
 */
const MOST_SPANS = 10_000

/** @throws GlassformerError ERR_INPUT_TOO_LONG for a text of more protected parts */
export function checkSpans(count: number): void {
  if (count > MOST_SPANS)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a text has ${whole(count)} tags and placeholders, and may have ${whole(MOST_SPANS)}: give it in smaller parts`,
    )
}

/** A text as sentences and the texts around them, one more than sentences. */
interface Split {
  sentences: readonly string[]
  spaces: readonly string[]
}

/**
 * The letter that replaces a unit while a text is split: it has no case, so it neither belongs to an abbreviation nor
 * ends a sentence.
 */
const UNIT = 'ƻ'

/** A text with protected parts. */
export class ProtectedText {
  readonly #text: string
  readonly #items: readonly Item[]
  /** The text without tags, and with one letter for each unit: sentence boundaries in it are boundaries in the text. */
  readonly plain: string
  /** The beginning and end in the text of each character of the plain text. */
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** The positions of the items in the plain text. */
  readonly #places: number[] = []

  /** @throws GlassformerError ERR_INPUT_TOO_LONG for more spans than a text may have */
  constructor(text: string, spans: readonly FoundSpan[]) {
    checkSpans(spans.length)
    this.#text = text
    this.#items = itemsOf(text, spans)
    let plain = ''
    let at = 0
    const take = (characters: string, start: number, end: number, step: number) => {
      for (let i = 0; i < characters.length; i++) {
        this.#starts.push(start + step * i)
        this.#ends.push(end + step * i)
      }
      plain += characters
    }
    for (const { kind, start, end, space } of this.#items) {
      take(text.slice(at, start), at, at + 1, 1)
      this.#places.push(plain.length)
      if (kind === 'copy') take(UNIT, start, end, 0)
      else if (space) take(space, end, end, 0)
      at = end
    }
    take(text.slice(at), at, at + 1, 1)
    this.plain = plain
  }

  /**
   * The sentences of the text, from those of its plain text. Tags at the ends of a sentence stay outside it, unless
   * their partners are inside.
   */
  sentences({ sentences, spaces }: Split): { sentences: ProtectedSentence[]; around: PlacedText[] } {
    const items = this.#items
    const ranges: { start: number; end: number; first: number; last: number }[] = []
    let at = spaces[0].length
    let next = 0
    sentences.forEach((sentence, i) => {
      const stop = at + sentence.length
      while (
        next < items.length &&
        (this.#places[next] < at || (this.#places[next] === at && items[next].kind !== 'copy'))
      )
        next++
      const first = next
      while (next < items.length && this.#places[next] < stop) next++
      ranges.push({ start: this.#starts[at], end: this.#ends[stop - 1], first, last: next })
      at = stop + spaces[i + 1].length
    })
    let after = 0
    ranges.forEach((range, i) => {
      const isWithin = (item: number) => item >= range.first && item < range.last
      for (let tag = after; tag < range.first; tag++)
        if (items[tag].kind === 'open' && isWithin(items[tag].mate)) {
          range.first = tag
          range.start = items[tag].start
        }
      for (let tag = (ranges[i + 1]?.first ?? items.length) - 1; tag >= range.last; tag--)
        if (items[tag].kind === 'close' && isWithin(items[tag].mate)) {
          range.last = tag + 1
          range.end = items[tag].end
        }
      after = range.last
    })
    const around: PlacedText[] = []
    for (let i = 0; i <= ranges.length; i++) {
      const before = ranges[i - 1] ?? { end: 0, last: 0 }
      const { start, first } = ranges[i] ?? { start: this.#text.length, first: items.length }
      around.push(unchanged(this.#text, before.end, start, items.slice(before.last, first)))
    }
    return {
      sentences: ranges.map(
        ({ start, end, first, last }) => new ProtectedSentence(this.#text, start, end, items.slice(first, last), first),
      ),
      around,
    }
  }
}
