import type { PlacedText } from '../protect/span.ts'

/** A line end within a text, with what stands around it, which is one space to the model. */
export interface LineBreak {
  /** Where it stood, as a part of the length of the text. */
  share: number
  /** The line end, what ends a line before it and what begins one behind it. */
  raw: string
}

/** A line end in a translation, in the place of some characters (a space, or nothing). */
export interface PlacedBreak {
  start: number
  end: number
  raw: string
}

/** Scripts that are written without spaces, in which a line may end between any two characters. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/**
 * Where the lines of a translation end: for each break the space nearest to where it stood in the source. `mayBegin` says whether a line may
 * begin at an index. Where there is no space for all of them, breaks at the end are left out.
 */
export function placedBreaks(
  { text, spans }: PlacedText,
  breaks: readonly LineBreak[],
  mayBegin: (index: number) => boolean,
  endsAnywhere = false,
): PlacedBreak[] {
  if (!breaks.length) return []
  const copies = spans.filter(({ kind }) => kind === 'copy')
  const places: { start: number; end: number }[] = []
  let copy = 0
  for (let at = 1; at + 1 < text.length; at++) {
    const isSpace = text[at] === ' '
    if (!isSpace && !(endsAnywhere && UNSPACED.test(text[at]) && text[at - 1] !== ' ')) continue
    while (copy < copies.length && copies[copy].end <= at) copy++
    if (copy < copies.length && copies[copy].start <= at) continue
    if (mayBegin(isSpace ? at + 1 : at)) places.push({ start: at, end: isSpace ? at + 1 : at })
  }
  const placed: PlacedBreak[] = []
  let next = 0
  for (const [k, { share, raw }] of breaks.entries()) {
    const last = places.length - (breaks.length - k) // the last one that leaves enough for the breaks behind this one
    const wanted = share * text.length
    let best = next
    while (best < last && Math.abs(places[best + 1].start - wanted) <= Math.abs(places[best].start - wanted)) best++
    if (best >= places.length) break
    placed.push({ ...places[best], raw })
    next = best + 1
  }
  return placed
}
