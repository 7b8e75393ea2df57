import { Document, type Unit, unreadable } from './document.ts'
import { escapeText, textPieces } from './entities.ts'
import { type Piece, piece, unitOf } from './pieces.ts'

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
const TAG = /<(\/?)([a-z][\w.-]*)[^<>\n]*>|<\d[\d:.]*>|\{\\[^{}\n]*\}/gi
/** What stands before and behind the words of a line: tags, notes of music, a dash or an angle at the beginning of a speaker's turn. */
const BEFORE = /^(?:\s|<[/a-z][^<>\n]*>|<\d[\d:.]*>|\{\\[^{}\n]*\}|[♪♫#]+\s|(?:>>|[-–—])\s*(?=\S))*/i
const BEHIND = /(?:\s|<[/a-z][^<>\n]*>|\{\\[^{}\n]*\}|\s[♪♫#]+)*$/i
const TURN = /(?:>>|[-–—])\s*$/

/** The most cues that one sentence goes on through. */
const MOST_CUES = 6

/**
 * Parses subtitles, SubRip (.srt) or WebVTT (.vtt). The lines of a cue are one text, and so are cues of which one ends within a sentence that
 * the next goes on with; their translation is broken into as many lines.
 * @throws GlassformerError ERR_INPUT where there is no cue
 */
export function parseSubtitles(source: string): Document {
  const isVtt = /^\ufeff?WEBVTT/.test(source)
  const lines = cueLines(source)
  const units: Unit[] = []
  for (let i = 0; i < lines.length; ) {
    let end = i + 1
    while (end < lines.length && goesOn(source, lines.slice(i, end + 1))) end++
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
      // A number that stands before times is that of the cue, also where no empty line parts it from the cue before.
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

/** The words of a line that begins at an index. Tags at its ends are left out, unless their partners stand among the words. */
function wordsOf(line: string, at: number, cue: number): Line {
  const outside = (begin: string, isWhole: boolean) => {
    const end = isWhole ? BEHIND.exec(line.slice(begin.length))![0].length : line.length - line.trimEnd().length
    return line.slice(begin.length, Math.max(begin.length, line.length - end))
  }
  let before = BEFORE.exec(line)![0]
  let words = outside(before, true)
  if (!isBalanced(words)) {
    before = /^(?:\s|[♪♫#]+\s|(?:>>|[-–—])\s*(?=\S))*/.exec(line)![0]
    words = outside(before, false)
  }
  const start = at + before.length
  return {
    start,
    end: start + words.length,
    cue,
    isTurn: TURN.test(before.replace(TAG, '')),
    hasTags: words.search(TAG) >= 0,
  }
}

/** Whether the tags of a text are closed in it, and no others. */
function isBalanced(text: string): boolean {
  const open: string[] = []
  for (const [, slash, name] of text.matchAll(TAG))
    if (name !== undefined && !slash) open.push(name)
    else if (name !== undefined && open.pop() !== name) return false
  return !open.length
}

/** Whether the last of some lines goes on with what those before it say. */
function goesOn(source: string, lines: readonly Line[]): boolean {
  const [before, next] = lines.slice(-2)
  if (next.isTurn) return false
  if (before.cue === next.cue) return true
  const isWithin = /[\p{L}\p{N},]$/u.test(source.slice(before.start, before.end))
  const isLowerCase = /^\p{Ll}/u.test(source.slice(next.start, next.end))
  return isWithin && isLowerCase && next.cue - lines[0].cue < MOST_CUES && !lines.some(({ hasTags }) => hasTags)
}

/** Lines that are translated as one text. What stands between two of them, times too where they are of two cues, is a line end. */
function unitOfLines(source: string, lines: readonly Line[], isVtt: boolean): Unit | null {
  const pieces: Piece[] = []
  lines.forEach(({ start, end }, i) => {
    if (i > 0) pieces.push(piece('break', lines[i - 1].end, start))
    pieces.push(...linePieces(source, start, end, isVtt))
  })
  const inLine = (text: string) => text.replace(/\s*[\r\n]\s*/g, ' ').replaceAll('-->', '→')
  const unit = unitOf(pieces, {
    source,
    space: /[ \t]+/g,
    escaped: (text) => (isVtt ? escapeText(inLine(text)) : inLine(text)),
    keepsLines: true,
  })
  if (!unit) return null
  // A cue has words: where the model says nothing, they stay.
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
