import { lastOf, present } from '../../../base/present.ts'
import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { OpenTags } from '../../protect/open-tags.ts'
import type { PlacedText, Span } from '../../protect/span.ts'
import { leadingSpaces, trailingSpaces } from '../../text/sentences/spaces.ts'
import { isText, type Unit } from './document.ts'

/** A line end within a text, with the characters around it, which the model reads as one space. */
interface LineBreak {
  /** Its position as a fraction of the text's length. */
  share: number
  /** The line end, with the end of the line before it and the beginning of the line after it. */
  raw: string
}

/** A line end in a translation that replaces some characters (a space, or nothing). */
interface PlacedBreak {
  start: number
  end: number
  raw: string
}

/** Scripts written without spaces, in which a line may end between any two characters. */
const UNSPACED = lazyPattern(
  String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]`,
  'u',
)

/**
 * The positions of the line ends in a translation: for each break the space nearest to its position in the source.
 * `mayBegin` tells whether a line may begin at an index. Where there are too few spaces, the last breaks are left out.
 */
function placedBreaks(
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
    if (!isSpace && !(endsAnywhere && UNSPACED().test(text[at]) && text[at - 1] !== ' ')) continue
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

/** A part of a block of markup, as the source spells it. */
export interface Piece {
  start: number
  end: number
  /**
   * 'text': words to read. 'copy': read as one word and kept, such as code. 'open' and 'close': tags around words.
   * 'mark': a piece without words, such as a picture or a comment. 'break': a line end, and the characters around it.
   */
  kind: 'text' | 'break' | Span['kind']
  /** The words of a text or a copy as read; empty for other pieces. */
  text: string
  /** The shared name of an open piece and its close: the name of a tag. */
  name: string
}

export const piece = (kind: Piece['kind'], start: number, end: number, text = '', name = ''): Piece => ({
  kind,
  start,
  end,
  text,
  name,
})

/** The syntax for the text of a block. */
export interface Writing {
  source: string
  /** The white space that is shown as one space; null where all white space is kept. */
  space: RegExp | null
  /** A text written between tags; `beginsLine`: at the beginning of a block or after a line end. */
  escaped(text: string, beginsLine: boolean): string
  /** Whether a line may begin with a text. */
  mayBegin?(text: string): boolean
  /** The spelling of a piece beside the translation; by default its spelling in the source. */
  rawOf?(piece: Piece): string
  /** Whether the translation has as many lines as the text. Otherwise, lines are broken only at spaces. */
  keepsLines?: boolean
}

/** The text of a block as a unit; null where there is nothing to translate. */
export function unitOf(pieces: readonly Piece[], writing: Writing): Unit | null {
  const kept = trimmed(withoutEmptyPairs(paired(pieces)), writing.source)
  if (
    !isText(
      kept.map(({ kind, text }) => (kind === 'text' ? text : kind === 'copy' || kind === 'break' ? ' ' : '')).join(''),
    )
  )
    return null
  const { start } = kept[0]
  const { end } = lastOf(kept)
  const { text, spans, own, breaks } = read(kept, writing)
  return {
    at: start,
    text: { text, spans },
    edits: (translation, raw = (from, to) => writing.source.slice(from, to)) => [
      {
        start,
        end,
        text: written(translation, own, breaks, { rawOf: (each) => raw(each.start, each.end), ...writing }),
      },
    ],
  }
}

/** Open and close pieces become marks where they have no partner or cross another pair. */
function paired(pieces: readonly Piece[]): Piece[] {
  const found = pieces.map((each) => ({ ...each }))
  const open = new OpenTags<Piece>()
  for (const each of found) {
    if (each.kind === 'open') open.open(each.name, each)
    if (each.kind !== 'close') continue
    const ended = open.close(each.name)
    if (!ended) each.kind = 'mark'
    else for (const across of ended.slice(1)) across.kind = 'mark'
  }
  for (const each of open.all) each.kind = 'mark'
  return found
}

const isWhite = ({ kind, text }: Piece) => kind === 'break' || (kind === 'text' && text.trim() === '')

/** Pairs around no words become one mark. */
function withoutEmptyPairs(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = []
  const open: { at: number; words: number }[] = []
  let words = 0
  for (const each of pieces) {
    if (each.kind === 'open') open.push({ at: found.length, words })
    if (each.kind === 'copy' || (each.kind === 'text' && !isWhite(each))) words++
    found.push(each)
    if (each.kind !== 'close') continue
    const pair = present(open.pop())
    if (pair.words === words) found.splice(pair.at, found.length, piece('mark', found[pair.at].start, each.end))
  }
  return found
}

/** Removes everything before the first word and after the last, and pairs of tags around the whole text. */
function trimmed(pieces: readonly Piece[], source: string): Piece[] {
  const partners = partnersOf(pieces)
  const isOutside = (each: Piece) => each.kind === 'mark' || isWhite(each)
  let first = 0
  let last = pieces.length - 1
  for (;;) {
    while (first <= last && isOutside(pieces[first])) first++
    while (first <= last && isOutside(pieces[last])) last--
    if (first >= last || partners.get(first) !== last) break
    first++
    last--
  }
  const kept = pieces.slice(first, last + 1)
  const raw = ({ start, end }: Piece) => source.slice(start, end)
  if (kept[0]?.kind === 'text')
    kept[0] = { ...kept[0], start: kept[0].start + leadingSpaces(raw(kept[0])), text: kept[0].text.trimStart() }
  const end = kept.at(-1)
  if (end?.kind === 'text')
    kept[kept.length - 1] = { ...end, end: end.end - trailingSpaces(raw(end)), text: end.text.trimEnd() }
  return kept
}

/** The index of the close of each open piece. */
function partnersOf(pieces: readonly Piece[]): Map<number, number> {
  const partners = new Map<number, number>()
  const open: number[] = []
  pieces.forEach(({ kind }, i) => {
    if (kind === 'open') open.push(i)
    if (kind === 'close') partners.set(present(open.pop()), i)
  })
  return partners
}

/** The text of pieces as the model reads it. `own` has the piece of each span. */
function read(pieces: readonly Piece[], { source, space }: Writing) {
  const parts: string[] = []
  let length = 0
  const spans: Span[] = []
  const own: Piece[] = []
  const ends: { at: number; raw: string }[] = []
  const add = (text: string) => {
    if (text) parts.push(text)
    length += text.length
  }
  const addSpace = (raw: string, start: number) => {
    if (parts.at(-1)?.endsWith(' ')) return widenMark(start, raw.length)
    if (/[\r\n]/.test(raw)) ends.push({ at: length, raw })
    add(' ')
  }
  /**
   * White space on both sides of a mark is one space to the model; the white space after the mark belongs to the mark.
   */
  const widenMark = (start: number, width: number) => {
    const mark = own.at(-1)
    if (mark?.kind === 'mark' && mark.end === start && lastOf(spans).end === length)
      own[own.length - 1] = { ...mark, end: start + width }
  }
  for (const each of pieces) {
    if (each.kind === 'break') addSpace(source.slice(each.start, each.end), each.start)
    else if (each.kind !== 'text') {
      spans.push({ start: length, end: length + each.text.length, kind: each.kind })
      own.push(each)
      add(each.text)
    } else {
      let at = 0
      for (const { 0: run, index } of space ? each.text.matchAll(space) : []) {
        add(each.text.slice(at, index))
        at = index + run.length
        addSpace(run, each.start + index)
      }
      add(each.text.slice(at))
    }
  }
  const breaks = ends.map(({ at, raw }): LineBreak => ({ share: at / length, raw }))
  return { text: parts.join(''), spans, own, breaks }
}

/** A translation in the document's syntax. */
function written(
  translation: PlacedText,
  own: readonly Piece[],
  breaks: readonly LineBreak[],
  { escaped, mayBegin = () => true, keepsLines, rawOf }: Writing & Required<Pick<Writing, 'rawOf'>>,
): string {
  const { text, spans } = translation
  const places = placedBreaks(translation, breaks, (index) => mayBegin(text.slice(index, index + 64)), keepsLines)
  let result = ''
  let at = 0
  let beginsLine = true
  let lines = 0
  const write = (end: number) => {
    if (end > at) result += escaped(text.slice(at, end), beginsLine)
    beginsLine &&= end <= at
    at = Math.max(at, end)
  }
  const writeLines = (end: number) => {
    for (; lines < places.length && places[lines].start < end; lines++) {
      write(places[lines].start)
      result += places[lines].raw
      at = places[lines].end
      beginsLine = true
    }
    write(end)
  }
  for (const { start, end, index } of spans) {
    if (index === undefined) continue
    writeLines(start)
    result += rawOf(own[index])
    at = Math.max(at, end)
    beginsLine = false
  }
  writeLines(text.length)
  // A line without words is written as a space, because an empty line would end the block around it.
  if (keepsLines) for (const { raw } of breaks.slice(places.length)) result += `${raw}\u00a0`
  return result
}
