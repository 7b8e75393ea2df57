// TEMPORARY: the types of src/protect/span.ts until they are on main.
export interface Span {
  start: number
  end: number
  kind: 'copy' | 'open' | 'close' | 'mark'
}
export interface MarkedText {
  text: string
  spans: readonly Span[]
}
export interface PlacedSpan extends Span {
  source: { start: number; end: number }
  index?: number
}
export interface PlacedText {
  text: string
  spans: readonly PlacedSpan[]
}
