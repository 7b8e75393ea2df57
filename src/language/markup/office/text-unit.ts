import { lastOf, present } from '../../../base/present.ts'
import type { PlacedText, Span } from '../../protect/span.ts'
import { type Edit, isText, type Unit } from '../document/document.ts'
import { type Item, NO_RUN, type Run } from './items.ts'

/** The texts of a paragraph: a cut ends one of them. */
export function unitsOfItems(items: readonly Item[]): Unit[] {
  const units: Unit[] = []
  let begin = 0
  for (let i = 0; i <= items.length; i++) {
    if (i < items.length && items[i].kind !== 'cut') continue
    const unit = unitOf(items.slice(begin, i))
    if (unit) units.push(unit)
    begin = i + 1
  }
  return units
}

/** A tag that the translation places: a kept item, or a change of the run's format. */
type Own = Item | { run: Run }

function unitOf(items: readonly Item[]): Unit | null {
  const kept = trimmed(withPairs(items))
  const words = kept.map(({ kind, text }) => (kind === 'text' ? text : kind === 'copy' ? ' ' : '')).join('')
  if (!isText(words)) return null
  const base = mostly(kept)
  const { text, spans, own } = read(kept, base)
  const lead = text.length - text.trimStart().length
  const trimmedText = text.trim()
  const inside = (at: number) => Math.min(trimmedText.length, Math.max(0, at - lead))
  return {
    at: kept[0].start,
    text: {
      text: trimmedText,
      spans: spans.map(({ start, end, kind }) => ({ start: inside(start), end: inside(end), kind })),
    },
    edits: (translation) =>
      edits(kept, own, base, translation, [text.slice(0, lead), text.slice(lead + trimmedText.length)]),
  }
}

const isWhite = ({ kind, text }: Item) => kind === 'text' && text.trim() === ''

/** Open and close items become marks where they have no partner, cross another pair, or stand around no words. */
function withPairs(items: readonly Item[]): Item[] {
  const found = items.map((each) => ({ ...each }))
  const open: { item: Item; words: number }[] = []
  let words = 0
  for (const each of found) {
    if (each.kind === 'copy' || (each.kind === 'text' && !isWhite(each))) words++
    if (each.kind === 'open') open.push({ item: each, words })
    if (each.kind !== 'close') continue
    const at = open.findLastIndex(({ item }) => item.name === each.name)
    if (at < 0) {
      each.kind = 'mark'
      continue
    }
    const [pair, ...across] = open.splice(at)
    for (const { item } of across) item.kind = 'mark'
    if (pair.words === words) pair.item.kind = each.kind = 'mark'
  }
  for (const { item } of open) item.kind = 'mark'
  return found
}

/** Removes what stands before the first word and after the last, and pairs around the whole text. */
function trimmed(items: readonly Item[]): Item[] {
  const partners = new Map<number, number>()
  const open: number[] = []
  items.forEach(({ kind }, i) => {
    if (kind === 'open') open.push(i)
    if (kind === 'close') partners.set(present(open.pop()), i)
  })
  const isOutside = (item: Item) => item.kind === 'mark' || isWhite(item)
  let first = 0
  let last = items.length - 1
  for (;;) {
    while (first <= last && isOutside(items[first])) first++
    while (first <= last && isOutside(items[last])) last--
    if (first >= last || partners.get(first) !== last) return items.slice(first, last + 1)
    first++
    last--
  }
}

/** The run that has most of the letters. */
function mostly(items: readonly Item[]): Run {
  const runs = new Map<string, { run: Run; letters: number }>()
  for (const { kind, run, text } of items) {
    if (kind !== 'text') continue
    const known = runs.get(run.key)
    if (known) known.letters += text.length
    else runs.set(run.key, { run, letters: text.length })
  }
  return [...runs.values()].reduce((best, each) => (each.letters > best.letters ? each : best), {
    run: NO_RUN,
    letters: -1,
  }).run
}

/** The text as the model reads it. Runs of another format than most are spans. */
function read(items: readonly Item[], base: Run): { text: string; spans: Span[]; own: Own[] } {
  let text = ''
  const spans: Span[] = []
  const own: Own[] = []
  let format = base
  const add = (kind: Span['kind'], words: string, tag: Own) => {
    spans.push({ start: text.length, end: text.length + words.length, kind })
    own.push(tag)
    text += words
  }
  const change = (run: Run) => {
    if (run.key === format.key) return
    if (format !== base) add('close', '', { run: base })
    if (run.key !== base.key) add('open', '', { run })
    format = run.key === base.key ? base : run
  }
  for (const item of items) {
    if (item.kind === 'text') {
      if (!isWhite(item)) change(item.run)
      text += item.text.replace(/[\t\r\n]+/g, ' ')
    } else {
      if (item.kind === 'open' || item.kind === 'close') change(base)
      add(item.kind === 'cut' ? 'mark' : item.kind, item.text, item)
    }
  }
  change(base)
  return { text, spans, own }
}

/**
 * The edits between the kept items, which stay where they are: spans keep their order in a translation. `around` is the
 * white space around the words.
 */
function edits(
  items: readonly Item[],
  own: readonly Own[],
  base: Run,
  { text, spans }: PlacedText,
  around: readonly [string, string],
): Edit[] {
  const [first, last] = [items[0], lastOf(items)]
  const writer = new RunWriter(first.start, first.before)
  if (around[0]) writer.text(around[0], base)
  let run = base
  let at = 0
  const writeTo = (end: number) => {
    if (end > at) writer.text(text.slice(at, end), run)
    at = Math.max(at, end)
  }
  for (const { start, end, index } of spans) {
    if (index === undefined) continue
    writeTo(start)
    at = Math.max(at, end)
    const tag = own[index]
    if ('kind' in tag) writer.keep(tag)
    else run = tag.run
  }
  writeTo(text.length)
  if (around[1]) writer.text(around[1], base)
  return writer.end(last.end, last.after)
}

/** Writes texts in their runs, between items that are kept. */
class RunWriter {
  readonly #edits: Edit[] = []
  #start: number
  #open: Run
  #written = ''

  /** The first place that is written, and the run that is open there. */
  constructor(start: number, open: Run) {
    this.#start = start
    this.#open = open
  }

  text(text: string, run: Run): void {
    this.#enter(run)
    this.#written += run.wrap(text)
  }

  keep({ start, end, before, after }: Item): void {
    this.#enter(before)
    this.#edit(start)
    this.#start = end
    this.#open = after
  }

  /** The edits, up to the last place that is written; `after` is the run that must be open there. */
  end(end: number, after: Run): Edit[] {
    this.#enter(after)
    this.#edit(end)
    return this.#edits
  }

  #enter(run: Run): void {
    if (run.key === this.#open.key) return
    this.#written += this.#open.close + run.open
    this.#open = run
  }

  #edit(end: number): void {
    if (this.#start !== end || this.#written) this.#edits.push({ start: this.#start, end, text: this.#written })
    this.#written = ''
  }
}
