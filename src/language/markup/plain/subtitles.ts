import { inOneLine } from '../../text/sentences/spaces.ts'
import { Document, type Unit, unreadable } from '../document/document.ts'
import { escapeText, textPieces } from '../document/entities.ts'
import { type Piece, piece, unitOf } from '../document/pieces.ts'

/** The words of a line of a cue, without the tags and dashes around them. */
interface Line {
  start: number
  end: number
  cue: number
  /** Whether a speaker's turn begins with the line. */
  isTurn: boolean
  hasTags: boolean
}

const TIMING = /^[ \t]*(?:\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}[ \t]+-->[ \t]+(?:\d+:)?\d{1,2}:\d{2}[,.]\d{1,3}/
const TAG = /<(\/?)([a-z][\w.-]*)(?:[^\w.\-<>\n][^<>\n]*)?>|<\d[\d:.]*>|\{\\[^{}\n]*\}/gi
/**
 * The characters before the words of a line: tags, musical notes, and a dash or an angle bracket at the beginning of a
 * speaker's turn.
 */
const BEFORE = /^(?:\s|<[/a-z][^<>\n]*>|<\d[\d:.]*>|\{\\[^{}\n]*\}|[♪♫#]+\s|(?:>>|[-–—])\s*(?=\S))*/i
const TURN = /(?:>>|[-–—])$/

/** The maximum number of cues in one sentence. */
const MOST_CUES = 6

/**
 * Parses subtitles, SubRip (.srt) or WebVTT (.vtt). The lines of a cue are one text, and a sentence that continues in
 * the next cue joins both cues; the translation is broken into as many lines.
 * @throws GlassformerError ERR_INPUT where there is no cue
 */
export function parseSubtitles(source: string): Document {
  const isVtt = /^\ufeff?WEBVTT/.test(source)
  const lines = cueLines(source)
  const units: Unit[] = []
  for (let i = 0; i < lines.length; ) {
    let end = i + 1
    let hasTags = lines[i].hasTags
    for (; end < lines.length; end++) {
      hasTags ||= lines[end].hasTags
      if (!continues(source, lines[end - 1], lines[end], !hasTags && lines[end].cue - lines[i].cue < MOST_CUES)) break
    }
    const unit = unitOfLines(source, lines.slice(i, end), isVtt)
    if (unit) units.push(unit)
    i = end
  }
  return new Document(source, units)
}

function cueLines(source: string): Line[] {
  const found: Line[] = []
  let cue = -1
  let isInCue = false
  let at = 0
  for (const { 0: lineEnd, index } of `${source}\n`.matchAll(/\r\n|\n|\r/g)) {
    const line = source.slice(at, index)
    if (TIMING.test(line)) {
      const last = found.at(-1)
      // A number before times is the number of the cue, even without an empty line after the cue before.
      if (isInCue && last && /^\d+$/.test(source.slice(last.start, last.end)) && !source.slice(last.end, at).trim())
        found.pop()
      cue++
      isInCue = true
    } else if (line.trim() === '') isInCue = false
    else if (isInCue) found.push(wordsOf(line, at, cue))
    at = index + lineEnd.length
  }
  if (cue < 0 && source.trim() !== '' && !/^\ufeff?WEBVTT/.test(source))
    throw unreadable(source, 0, 'there is no cue: subtitles have times, such as 00:00:01,000 --> 00:00:02,500')
  return found.filter(({ start, end }) => end > start)
}

/**
 * The words of the line that begins at an index. Tags at the ends of the line are left out, unless their partners are
 * among the words.
 */
function wordsOf(line: string, at: number, cue: number): Line {
  const outside = (begin: string, isWhole: boolean) => {
    const words = line.slice(begin.length)
    return isWhole ? words.slice(0, endOfWords(words)) : words.trimEnd()
  }
  // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
  let before = BEFORE.exec(line)![0]
  let words = outside(before, true)
  if (!isBalanced(words)) {
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    before = /^(?:\s|[♪♫#]+\s|(?:>>|[-–—])\s*(?=\S))*/.exec(line)![0]
    words = outside(before, false)
  }
  const start = at + before.length
  return {
    start,
    end: start + words.length,
    cue,
    isTurn: TURN.test(before.replace(TAG, '').trimEnd()),
    hasTags: words.search(TAG) >= 0,
  }
}

/** The end of the words of a line: after it are white space, tags, and musical notes that follow a space. */
function endOfWords(line: string): number {
  let end = line.length
  for (let before = end; ; end = before) {
    const last = line[end - 1]
    if (last === undefined) return 0
    if (last.trim() === '') before = end - 1
    else if (last === '>') before = beginOf(line, end, '<', /^[/a-z][^>]*$/i)
    else if (last === '}') before = beginOf(line, end, '{', /^\\[^}]*$/)
    else while (before > 0 && '♪♫#'.includes(line[before - 1])) before--
    if (before < end && '♪♫#'.includes(last)) before = line[before - 1]?.trim() === '' ? before - 1 : end
    if (before === end) return end
  }
}

/** The beginning of a tag that ends at `end` with a bracket; `end` where it is not a tag. */
function beginOf(line: string, end: number, open: string, within: RegExp): number {
  const begin = line.lastIndexOf(open, end - 2)
  return begin >= 0 && within.test(line.slice(begin + 1, end - 1)) ? begin : end
}

/** Whether each tag of a text has its partner in the text. */
function isBalanced(text: string): boolean {
  const open: string[] = []
  for (const [, slash, name] of text.matchAll(TAG))
    if (name !== undefined && !slash) open.push(name)
    else if (name !== undefined && open.pop() !== name) return false
  return !open.length
}

/** Whether a line continues the sentence of the line before; `mayJoin`: even where it begins a cue. */
function continues(source: string, before: Line, next: Line, mayJoin: boolean): boolean {
  if (next.isTurn) return false
  if (before.cue === next.cue) return true
  if (!mayJoin) return false
  const isWithin = /[\p{L}\p{N},]$/u.test(source.slice(before.start, before.end))
  const isLowerCase = /^\p{Ll}/u.test(source.slice(next.start, next.end))
  return isWithin && isLowerCase
}

/**
 * Lines that are translated as one text. The characters between two of them, including times between two cues, are a
 * line end.
 */
function unitOfLines(source: string, lines: readonly Line[], isVtt: boolean): Unit | null {
  const pieces: Piece[] = []
  lines.forEach(({ start, end }, i) => {
    if (i > 0) pieces.push(piece('break', lines[i - 1].end, start))
    pieces.push(...linePieces(source, start, end, isVtt))
  })
  const inLine = (text: string) => inOneLine(text).replaceAll('-->', '→')
  const unit = unitOf(pieces, {
    source,
    space: /[ \t]+/g,
    escaped: (text) => (isVtt ? escapeText(inLine(text)) : inLine(text)),
    keepsLines: true,
  })
  if (!unit) return null
  // A cue must have words: its words stay where the translation is empty.
  return { ...unit, edits: (translation) => (translation.text.trim() === '' ? [] : unit.edits(translation)) }
}

function linePieces(source: string, start: number, end: number, isVtt: boolean): Piece[] {
  const pieces: Piece[] = []
  let at = start
  const take = (to: number) => {
    if (to > at && isVtt) pieces.push(...textPieces(source, at, to, false))
    else if (to > at) pieces.push(piece('text', at, to, source.slice(at, to)))
  }
  for (const { 0: tag, 1: slash, 2: name, index } of source.slice(start, end).matchAll(TAG)) {
    take(start + index)
    at = start + index + tag.length
    const kind = name === undefined ? 'mark' : slash ? 'close' : 'open'
    pieces.push(piece(kind, start + index, at, '', name))
  }
  take(end)
  return pieces
}
