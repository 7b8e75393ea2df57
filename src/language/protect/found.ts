import { mayBeProtected, protectedPatterns } from './protected-patterns.ts'
import type { MarkedText, Span } from './span.ts'

/** The kinds of protected parts, other than the spans of marked texts. */
export interface Protection {
  /** Whether unmistakable parts (URLs, placeholders, tags and the like) are protected. */
  unmistakable: boolean
  /** Additional patterns, with the flag g. */
  own: readonly RegExp[]
}

/** A span found in a text, or the span number `index` of a marked text. */
export interface FoundSpan extends Span {
  index?: number
}

/** Whether a text must be searched. */
export const mayHaveSpans = (text: string, { unmistakable, own }: Protection): boolean =>
  own.length > 0 || (unmistakable && mayBeProtected(text))

/**
 * The given spans of a text, and the other protected parts between them, in order. A user's patterns take precedence
 * over unmistakable parts.
 */
export function foundSpans({ text, spans }: MarkedText, protection: Protection): FoundSpan[] {
  let found: FoundSpan[] = spans.map((span, index) => ({ ...span, index }))
  for (const pattern of protection.own) found = joined(found, matches(text, pattern))
  return protection.unmistakable && mayBeProtected(text) ? joined(found, protectedPatterns(text)) : found
}

function matches(text: string, pattern: RegExp): Span[] {
  const spans: Span[] = []
  for (const { 0: found, index } of text.matchAll(pattern))
    if (found) spans.push({ start: index, end: index + found.length, kind: 'copy' })
  return spans
}

/** These spans, and those of `others` that overlap none of them. */
export function joined(spans: readonly FoundSpan[], others: readonly FoundSpan[]): FoundSpan[] {
  const all: FoundSpan[] = []
  let next = 0
  for (const other of others) {
    while (next < spans.length && spans[next].end <= other.start) all.push(spans[next++])
    if (next === spans.length || spans[next].start >= other.end) all.push(other)
  }
  return [...all, ...spans.slice(next)]
}
