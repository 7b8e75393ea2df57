import type { PlacedText } from '../../protect/span.ts'

/** A line end within a text, with the characters around it, which the model reads as one space. */
export interface LineBreak {
  /** Its position as a fraction of the text's length. */
  share: number
  /** The line end, with the end of the line before it and the beginning of the line after it. */
  raw: string
}

/** A line end in a translation that replaces some characters (a space, or nothing). */
export interface PlacedBreak {
  start: number
  end: number
  raw: string
}

/** Scripts written without spaces, in which a line may end between any two characters. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/**
 * The positions of the line ends in a translation: for each break the space nearest to its position in the source.
 * `mayBegin` tells whether a line may begin at an index. Where there are too few spaces, the last breaks are left out.
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
    const last = places.length - (breaks.length - k) // leaves a position for each later break
    const wanted = share * text.length
    let best = next
    while (best < last && Math.abs(places[best + 1].start - wanted) <= Math.abs(places[best].start - wanted)) best++
    if (best >= places.length) break
    placed.push({ ...places[best], raw })
    next = best + 1
  }
  return placed
}
