/**
 * What a span is. 'copy': a unit that is read like a word and comes out as it is. 'open' and 'close': the tags around words; they are not read,
 * and stand around what these words became. 'mark': a tag by itself, which is not read either.
 */
export type SpanKind = (typeof spanKinds)[number]
export const spanKinds = ['copy', 'open', 'close', 'mark'] as const

/** A part of a text that must not change. */
export interface Span {
  /** Where it begins and ends in the text, in UTF-16 units. */
  start: number
  end: number
  kind: SpanKind
}

/** A text with what must not change in it. */
export interface MarkedText {
  text: string
  /** In the order of the text; none overlaps another. Spans of no length are tags that the text leaves out. */
  spans: readonly Span[]
}

/** Where a span of a source stands in its translation. Spans keep their order and their text. */
export interface PlacedSpan extends Span {
  /** Where it stands in the source. */
  source: { start: number; end: number }
  /** The number of the source's own span, where it is one of a marked text. */
  index?: number
}

/** A translation with the places of what has not changed. */
export interface PlacedText {
  text: string
  spans: PlacedSpan[]
}
