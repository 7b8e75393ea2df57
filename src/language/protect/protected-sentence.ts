import { GlassformerError } from '../../base/errors.ts'
import { whole } from '../../base/number-text.ts'
import type { Item } from './items.ts'
import { type AlignedWord, placed, type Segment } from './placement.ts'
import { rejoined, unchanged } from './rejoined.ts'
import type { PlacedText } from './span.ts'

/** A part of a text, in UTF-16 units. */
export interface Range {
  start: number
  end: number
}

/** A sentence as the model reads it: without tags, and with a stand-in for each unit. */
export interface ReadSentence {
  text: string
  /** The positions of the segments between the items, one more than items. */
  segments: readonly Range[]
  /** The position of each item's stand-in; null for tags, and for omitted units. */
  units: readonly (Range | null)[]
}

/** The model's translation of the sentence it read. */
export interface Translated {
  text: string
  /**
   * The words of the text in order, each with its attention to the segments; a stand-in is a separate word, and surplus
   * stand-ins are dropped.
   */
  words: readonly (Range & AlignedWord & { isDropped: boolean })[]
  /** The word that stands for each item; -1 for tags, and for units missing from the translation. */
  anchors: readonly number[]
}

/**
 * The maximum number of protected parts in a sentence: placing them takes memory and time for each pair of part and
 * word.
 */
const MOST_ITEMS = 2000

/** A sentence with protected parts. */
export class ProtectedSentence {
  /** The whole source, and the position of the sentence in it. */
  readonly #source: string
  readonly #start: number
  readonly #end: number
  readonly items: readonly Item[]
  /** The number of the sentence's first item in the whole source, to which `mate` numbers refer. */
  readonly #first: number

  /** @throws GlassformerError ERR_INPUT_TOO_LONG for a sentence of more parts than can be placed */
  constructor(source: string, start: number, end: number, items: readonly Item[], first: number) {
    if (items.length > MOST_ITEMS)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `a sentence has ${whole(items.length)} tags and placeholders, and may have ${whole(MOST_ITEMS)}: break it into shorter ones`,
      )
    this.#source = source
    this.#start = start
    this.#end = end
    this.items = items
    this.#first = first
  }

  /** The sentence's source text. */
  get text(): string {
    return this.#source.slice(this.#start, this.#end)
  }

  get units(): number {
    return this.items.filter(({ kind }) => kind === 'copy').length
  }

  /** Whether there is nothing to translate: neither a letter nor a digit outside the protected parts. */
  get isSilent(): boolean {
    return !SPEAKS.test(this.read(null).text)
  }

  /** The source sentence as its own translation. */
  unchanged(): PlacedText {
    return unchanged(this.#source, this.#start, this.#end, this.items)
  }

  /** The sentence for the model, with a stand-in for each unit in order; null omits the units. */
  read(standIns: readonly string[] | null): ReadSentence {
    let text = ''
    const segments: Range[] = []
    const units: (Range | null)[] = []
    let at = this.#start
    let next = 0
    const append = (part: string) => {
      const start = text.length
      text += text === '' || text.endsWith(' ') ? part.trimStart() : part
      return { start, end: text.length }
    }
    for (const { kind, start, end, space } of this.items) {
      segments.push(append(this.#source.slice(at, start)))
      units.push(kind === 'copy' && standIns ? append(standIns[next++]) : null)
      if (space) append(' ')
      at = end
    }
    segments.push(append(this.#source.slice(at, this.#end)))
    return { text: text.trimEnd(), segments, units }
  }

  /** The translation of the model's input, with all items in their places. */
  restored({ text, words, anchors }: Translated): PlacedText {
    const places = placed(words, this.#segments(), anchors)
    return rejoined(this.#source, this.items, { text, words, anchors, places })
  }

  /** The segments between the items: the elements around each, and whether these would be empty without it. */
  #segments(): Segment[] {
    const { items } = this
    const within: number[] = []
    items.forEach(({ kind, mate }, i) => {
      // An element that begins before the sentence.
      if (kind === 'close' && mate < this.#first) within.push(i)
    })
    const segments: Segment[] = []
    const speaks: boolean[] = []
    let at = this.#start
    const add = (end: number) => {
      segments.push({ context: within.join(), isFilled: false })
      speaks.push(SPEAKS.test(this.#source.slice(at, end)))
    }
    const elements: { first: number; last: number }[] = within.map((close) => ({ first: 0, last: close }))
    items.forEach(({ kind, mate, start, end }, i) => {
      add(start)
      if (kind === 'open') {
        const close = mate - this.#first
        within.push(mate >= 0 && close < items.length ? close : items.length)
        if (mate >= 0) elements.push({ first: i + 1, last: Math.min(close, items.length) })
      } else if (kind === 'close') {
        const open = within.lastIndexOf(i)
        if (open >= 0) within.splice(open, 1)
      }
      at = end
    })
    add(this.#end)
    for (const { first, last } of elements) {
      const spoken: number[] = []
      let isFilled = false
      for (let k = first; k <= last; k++) {
        if (k < last && items[k].kind === 'copy') isFilled = true
        if (segments[k].isFilled) isFilled = true
        if (speaks[k]) spoken.push(k)
      }
      if (!isFilled && spoken.length) segments[spoken.at(-1)!].isFilled = true
    }
    return segments
  }
}

const SPEAKS = /[\p{L}\p{N}]/u
