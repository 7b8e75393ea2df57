import { GlassformerError } from '../../../base/errors.ts'
import type { MarkedText, Span } from '../../../language/protect/span.ts'
import type { CutText } from '../translation/document-report.ts'
import type { Source, Translation } from '../translation/translation.ts'

/** Translates texts. @throws GlassformerError as `translate` */
export type TranslateTexts = (texts: readonly Source[]) => Promise<Translation[]>

/** Places at which a text is cut, the best ones first: ends of sentences, clauses, commas, words. */
const PLACES: readonly RegExp[] = [
  /[.!?…。！？]["»”’)]*\s+|[。！？]/g,
  /[;:؛；：]\s*|\s+[—–-]\s+/g,
  /[,،、，]\s*/g,
  /\s+/g,
]

/** Shorter texts are not cut: the model cannot take the single words of one that it refuses. */
const SHORTEST = 16

/**
 * Translates texts of a document. A sentence that is longer than the model takes is cut in halves, at the end of a clause, at a comma or
 * between words, until it takes all of them; `cut` is told.
 * @throws GlassformerError as `translate`
 */
export async function translateShorter(
  texts: readonly Source[],
  translate: TranslateTexts,
  cut: (text: CutText) => void,
): Promise<Translation[]> {
  try {
    return await translate(texts)
  } catch (error) {
    if (!isTooLong(error)) throw error
    // One text is named, and others may be too long: each is translated by itself.
    if (texts.length > 1)
      return (await Promise.all(texts.map((text) => translateShorter([text], translate, cut)))).flat()
    const halves = halvesOf(texts[0])
    if (!halves) throw error
    const parts: Translation[] = []
    let count = 0
    for (const half of halves.texts)
      parts.push(
        ...(await translateShorter([half], translate, ({ parts }) => {
          count += parts - 1
        })),
      )
    cut({ begins: halves.texts[0].text.slice(0, 60), parts: count + 2 })
    return [joined(parts, halves)]
  }
}

const isTooLong = (error: unknown): boolean =>
  error instanceof GlassformerError && error.code === 'ERR_INPUT_TOO_LONG' && / tokens/.test(error.message)

interface Halves {
  texts: readonly [MarkedText, MarkedText]
  /** The white space between them. */
  space: string
  /** The spans of the first half; those of the second follow them. */
  spans: number
  /** Where the second half begins. */
  start: number
}

/** A text in two parts; null for one that cannot be cut. */
function halvesOf(source: Source): Halves | null {
  if (typeof source !== 'string' && !('text' in source)) return null
  const { text, spans } = typeof source === 'string' ? { text: source, spans: [] } : source
  if (text.length < SHORTEST) return null
  const isFree = (at: number) => spans.every(({ start, end }) => at <= start || at >= end)
  for (const place of PLACES) {
    const ends = [...text.matchAll(place)]
      .map(({ 0: found, index }) => index + found.length)
      .filter((at) => at > text.length / 4 && at < (3 * text.length) / 4 && isFree(at))
    if (ends.length) return dividedAt(text, spans, nearest(ends, text.length / 2))
  }
  return null
}

const nearest = (places: readonly number[], middle: number) =>
  places.reduce((best, each) => (Math.abs(each - middle) < Math.abs(best - middle) ? each : best))

function dividedAt(text: string, spans: readonly Span[], at: number): Halves {
  const first = text.slice(0, at).trimEnd()
  const own = unpaired(spans.filter(({ end, start }) => end <= at && start < at))
  const others = unpaired(spans.filter(({ end, start }) => !(end <= at && start < at)))
  const within = ({ start, end, kind }: Span): Span => ({
    start: Math.min(start, first.length),
    end: Math.min(end, first.length),
    kind,
  })
  return {
    texts: [
      { text: first, spans: own.map(within) },
      { text: text.slice(at), spans: others.map((span) => ({ ...span, start: span.start - at, end: span.end - at })) },
    ],
    space: text.slice(first.length, at),
    spans: own.length,
    start: at,
  }
}

/** Tags whose partners stand in the other part keep their place in the order, as marks. */
function unpaired(spans: readonly Span[]): Span[] {
  const found = spans.map((span) => ({ ...span }))
  const open: Span[] = []
  for (const span of found) {
    if (span.kind === 'open') open.push(span)
    if (span.kind === 'close' && !open.pop()) span.kind = 'mark'
  }
  for (const span of open) span.kind = 'mark'
  return found
}

/** The translation of a text whose halves have been translated. */
function joined([first, second]: readonly Translation[], { space, spans, start }: Halves): Translation {
  const shift = first.text.length + space.length
  const after = (second.spans ?? []).map((span) => ({
    ...span,
    start: span.start + shift,
    end: span.end + shift,
    ...(span.index !== undefined && { index: span.index + spans }),
    source: { start: span.source.start + start, end: span.source.end + start },
  }))
  return {
    text: first.text + space + second.text,
    score: first.score + second.score,
    ids: [...first.ids, ...second.ids],
    tokenScores: [...first.tokenScores, ...second.tokenScores],
    finishReason: first.finishReason === 'end' ? second.finishReason : first.finishReason,
    ...(first.attention && { attention: [...first.attention, ...(second.attention ?? [])] }),
    ...((first.spans || second.spans) && { spans: [...(first.spans ?? []), ...after] }),
  }
}
