import { GlassformerError } from '../../base/errors.ts'
import { whole } from '../../base/values/number-text.ts'
import type { Item } from './items.ts'
import { type AlignedWord, placed, segmentsOf } from './placement.ts'
import { rejoined, unchanged } from './rejoined.ts'
import { type PlacedText, speaks } from './span.ts'

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
    return !speaks(this.read(null).text)
  }

  /** The source sentence as its own translation. */
  unchanged(): PlacedText {
    return unchanged(this.#source, this.#start, this.#end, this.items)
  }

  /** The sentence for the model, with a stand-in for each unit in order; null omits the units. */
  read(standIns: readonly string[] | null): ReadSentence {
    const joined = new JoinedText()
    const segments: Range[] = []
    const units: (Range | null)[] = []
    let at = this.#start
    let next = 0
    for (const { kind, start, end, space } of this.items) {
      segments.push(joined.append(this.#source.slice(at, start)))
      units.push(kind === 'copy' && standIns ? joined.append(standIns[next++]) : null)
      if (space) joined.append(' ')
      at = end
    }
    segments.push(joined.append(this.#source.slice(at, this.#end)))
    return { text: joined.text.trimEnd(), segments, units }
  }

  /** The translation of the model's input, with all items in their places. */
  restored({ text, words, anchors }: Translated): PlacedText {
    const { items } = this
    const sentence = { source: this.#source, start: this.#start, end: this.#end, items, first: this.#first }
    const places = placed(words, segmentsOf(sentence), anchors)
    return rejoined(this.#source, items, { text, words, anchors, places })
  }
}

/** A text made of parts; white space at a part's beginning is dropped after white space, and at the text's beginning. */
class JoinedText {
  text = ''

  /** Appends a part; the result is its position. */
  append(part: string): Range {
    const start = this.text.length
    this.text += this.text === '' || this.text.endsWith(' ') ? part.trimStart() : part
    return { start, end: this.text.length }
  }
}
