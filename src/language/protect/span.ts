import { lazyPattern } from '../../base/values/lazy-pattern.ts'

const LETTER_OR_DIGIT = lazyPattern(String.raw`[\p{L}\p{N}]`, 'u')

/** Whether a text has something to translate: a letter or a digit. */
export const speaks = (text: string): boolean => LETTER_OR_DIGIT().test(text)

/**
 * The kind of a span. 'copy': a unit that is read as a word and copied unchanged. 'open' and 'close': the tags around
 * words; the model does not read them, and they are placed around the translation of these words. 'mark': a single tag,
 * which the model does not read either.
 */
export type SpanKind = (typeof spanKinds)[number]
export const spanKinds = ['copy', 'open', 'close', 'mark'] as const

/** A part of a text that must not change. */
export interface Span {
  /** Its beginning and end in the text, in UTF-16 units. */
  start: number
  end: number
  kind: SpanKind
}

/** A text with its protected spans. */
export interface MarkedText {
  text: string
  /** Spans are in the order of the text and do not overlap. Spans of no length are tags that the text leaves out. */
  spans: readonly Span[]
}

/** The position of a source span in its translation. Spans keep their order and their text. */
export interface PlacedSpan extends Span {
  /** The position in the source. */
  source: { start: number; end: number }
  /** The number of the span in its marked text, where it is from one. */
  index?: number
}

/** A translation with the positions of its unchanged parts. */
export interface PlacedText {
  text: string
  spans: PlacedSpan[]
}
