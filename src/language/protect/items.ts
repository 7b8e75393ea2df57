import { lastOf } from '../../base/present.ts'
import { lazyPattern } from '../../base/values/lazy-pattern.ts'
import type { FoundSpan } from './found.ts'
import { OpenTags } from './open-tags.ts'
import type { SpanKind } from './span.ts'

/** A part of a sentence other than words: a copied unit with the letters attached to it, or a tag. */
export interface Item {
  kind: SpanKind
  /** Its beginning and end in the source. */
  start: number
  end: number
  /** Its spans: one, or several in a unit ("{first}{last}"). */
  spans: FoundSpan[]
  /** The number of the matching tag; -1 where there is none. */
  mate: number
  /** The text read in place of a tag: nothing, white space, or a line end. */
  space: '' | ' ' | '\n'
}

/** The items of a text, in order. */
export function itemsOf(text: string, spans: readonly FoundSpan[]): Item[] {
  const items: Item[] = []
  spans.forEach((span, i) => {
    const { kind } = span
    if (kind !== 'copy') {
      items.push({ kind, start: span.start, end: span.end, spans: [span], mate: -1, space: '' })
      return
    }
    const last = items.at(-1)
    const before = text.slice(Math.max(last?.end ?? 0, span.start - MOST_GLUED), span.start)
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    const start = span.start - GLUED_BEFORE().exec(before)![0].length
    if (last?.kind === 'copy' && JOINING().test(text.slice(last.end, span.start))) {
      last.spans.push(span)
    } else items.push({ kind, start, end: span.end, spans: [span], mate: -1, space: '' })
    const after = text.slice(span.end, Math.min(spans[i + 1]?.start ?? text.length, span.end + MOST_GLUED))
    // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
    lastOf(items).end = span.end + GLUED_AFTER().exec(after)![0].length
  })
  pairTags(text, items)
  const runs = runsOf(items)
  items.forEach((item, i) => {
    item.space = spaceOf(text, items, i, runs[i])
  })
  return items
}

/** The maximum distance of letters attached to a unit. */
const MOST_GLUED = 64
/** Characters attached to a unit without white space: the letters of "{count}px" and "v{version}", the # of "#{id}". */
const GLUED_BEFORE = lazyPattern(String.raw`[#@$€£%/\\*=+~^|]*[\p{L}\p{M}\p{N}_]*$|$`, 'u')
const GLUED_AFTER = lazyPattern(String.raw`^[\p{L}\p{M}\p{N}_]*[#@$€£%/\\*=+~^|]*|`, 'u')
/**
 * The text between two units that are joined to one: nothing, as in "{first}{last}", or punctuation without white
 * space, as in "%d/%d".
 */
const JOINING = lazyPattern(String.raw`^[^\s\p{L}\p{N},;!?()«»“”"]{0,3}$`, 'u')

/** Matches opening tags with closing tags; tags with names match by name. */
function pairTags(text: string, items: readonly Item[]): void {
  const open = new OpenTags<number>()
  items.forEach((item, i) => {
    if (item.kind === 'open') open.open(nameOf(text, item), i)
    const ended = item.kind === 'close' ? open.close(nameOf(text, item)) : null
    if (!ended) return
    item.mate = ended[0]
    items[ended[0]].mate = i
  })
}

/** The name of a tag; tags of notations other than HTML's have none, and are matched by nesting. */
const nameOf = (text: string, { start, end }: Item) =>
  /^<\/?([\w.:-]+)/.exec(text.slice(start, end))?.[1].toLowerCase() ?? ''

/**
 * The text read in place of a tag. A block tag is read as a line end, and other tags between words as a space:
 * "un<br>deux". A tag within a word is read as nothing: "mot<b>s</b>".
 */
function spaceOf(text: string, items: readonly Item[], i: number, run: Run): Item['space'] {
  const { kind, start, end } = items[i]
  if (kind === 'copy') return ''
  const tag = text.slice(start, end)
  if (BLOCK.test(tag)) return '\n'
  if (kind === 'close' || (kind === 'open' && !isAfterClose(items, i))) return ''
  return SPACE_ENTITY.test(tag) || separates(text, run) ? ' ' : ''
}

const BLOCK =
  /^<\/?(?:address|article|aside|blockquote|body|br|caption|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|legend|li|main|nav|ol|option|p|pre|section|summary|table|tbody|td|tfoot|th|thead|title|tr|ul)[\s/>]/i
const SPACE_ENTITY = /^&(?!shy|zw|lrm|rlm|NoBreak)[^;]+;$/i

const isAfterClose = (items: readonly Item[], i: number) =>
  items[i - 1]?.kind === 'close' && items[i - 1].end === items[i].start

/** The beginning and end of a run of adjacent tags. */
interface Run {
  start: number
  end: number
}

/** The run of each item: the item and its adjacent tags. */
function runsOf(items: readonly Item[]): Run[] {
  const runs: Run[] = []
  let run: Run | null = null
  items.forEach(({ kind, start, end }) => {
    const isCopy = kind === 'copy'
    if (run?.end === start && !isCopy) run.end = end
    else run = { start, end }
    runs.push(run)
    if (isCopy) run = { start: end, end }
  })
  return runs
}

/**
 * Whether there is text other than white space on both sides of a run of tags, and the text after it may begin a word.
 */
const separates = (text: string, { start, end }: Run): boolean =>
  /^\S$/.test(text.slice(Math.max(0, start - 1), start)) && /^[\p{L}\p{N}\p{Ps}\p{Pi}]/u.test(text.slice(end, end + 2))
