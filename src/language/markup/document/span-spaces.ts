import type { PlacedSpan, PlacedText } from '../../protect/span.ts'

/** A translation without white space on the inner side of tags, and without empty pairs of tags beside words. */
export function tightened({ text, spans }: PlacedText): PlacedText {
  const tight = spans.map((span) => ({ ...span }))
  const isOwn = ({ index }: PlacedSpan) => index !== undefined
  // From the end: an open tag moves past the space after it, as far as the next span.
  for (let i = tight.length - 1; i >= 0; i--) {
    const span = tight[i]
    if (span.kind !== 'open' || !isOwn(span) || span.end > span.start) continue
    const limit = tight[i + 1]?.start ?? text.length
    while (span.start < limit && text[span.start] === ' ') span.start = ++span.end
  }
  for (const [i, span] of tight.entries()) {
    if (span.kind !== 'close' || !isOwn(span) || span.end > span.start) continue
    const limit = tight[i - 1]?.end ?? 0
    while (span.start > limit && text[span.start - 1] === ' ') span.end = --span.start
  }
  return { text, spans: filled(text, tight) }
}

/** An empty pair of tags takes the next word, or the previous one, unless another span is in between. */
function filled(text: string, spans: PlacedSpan[]): PlacedSpan[] {
  spans.forEach((open, i) => {
    const close = spans[i + 1]
    if (open.kind !== 'open' || close?.kind !== 'close' || close.start > open.end) return
    const limit = spans[i + 2]?.start ?? text.length
    const next = /^ *([^ ]+)/.exec(text.slice(open.end, limit))
    const before = lastWord(text, spans[i - 1]?.end ?? 0, open.start)
    if (next) {
      open.start = open.end = open.end + next[0].length - next[1].length
      close.start = close.end = open.end + next[1].length
    } else if (before) {
      open.start = open.end = before.start
      close.start = close.end = before.end
    }
  })
  return spans
}

/** The last word of a part of a text; null where there is none. */
function lastWord(text: string, from: number, to: number): { start: number; end: number } | null {
  let end = to
  while (end > from && text[end - 1] === ' ') end--
  let start = end
  while (start > from && text[start - 1] !== ' ') start--
  return start < end ? { start, end } : null
}

/** A translation with a space between tags and the words that touch them from outside, and between adjacent copies. */
export function spaced({ text, spans }: PlacedText): PlacedText {
  let result = ''
  let at = 0
  const moved = spans.map((span, i) => {
    result += text.slice(at, span.start)
    at = Math.max(at, span.start)
    if (span.kind === 'open' && /[\p{L}\p{N}\p{P}]$/u.test(result.slice(-2))) result += ' '
    const before = spans[i - 1]
    if (span.kind === 'copy' && before?.kind === 'copy' && before.end === span.start) result += ' '
    const start = result.length
    result += text.slice(at, span.end)
    at = Math.max(at, span.end)
    const end = result.length
    if (span.kind === 'close' && /^[\p{L}\p{N}]/u.test(text.slice(at, at + 2))) result += ' '
    return { ...span, start, end }
  })
  return { text: result + text.slice(at), spans: moved }
}
