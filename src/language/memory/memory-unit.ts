import type { PlacedSpan, SpanKind } from '../protect/span.ts'

/** An inline element of a segment of TMX: formatting around words, or a code between them. */
export interface SegmentTag {
  /** Where it stands in the text, in UTF-16 units. */
  at: number
  kind: SpanKind
  /** The characters of the text that it shows, such as `%s`; else 0. */
  length: number
  /** What the segments of a unit have in common of it: `bpt 1` and `ept 1` are one pair in both languages. */
  id: string
  /** The element as XML; of `<hi>`, one of its tags. */
  xml: string
}

/** What TMX says of a unit, or of one of its texts: dates, authors, and `<prop>` and `<note>` as XML. */
export interface UnitFacts {
  attributes?: Record<string, string>
  children?: string
}

/** What a unit of TMX has beside its texts. */
export interface UnitDetails {
  /** The inline elements of its segments. */
  tags?: { source: readonly SegmentTag[]; target: readonly SegmentTag[] }
  facts?: { unit?: UnitFacts; source?: UnitFacts; target?: UnitFacts }
  /** Whether it stands beside other translations of the same text. */
  isBeside?: true
}

/** Two texts in two languages. */
export interface MemoryUnit extends UnitDetails {
  source: string
  target: string
}

/** A tag of a text: its place, and its kind. */
type Tag = Pick<PlacedSpan, 'start' | 'end' | 'kind'>

/**
 * The tags of a text in the translation that a unit has of it; null where they do not belong to those of the unit. `begin`
 * is where the text of the unit begins in the text.
 */
export function placedBy(
  { source, target, tags }: MemoryUnit,
  own: readonly Tag[],
  begin: number,
): PlacedSpan[] | null {
  if (!own.length) return []
  const given = own.map(({ start, end, kind }) => ({
    kind,
    length: end - start,
    at: Math.min(source.length, Math.max(0, start - begin)),
  }))
  const places = tags ? byTags(source, given, tags) : byWords(source, target, given)
  if (places?.some((at, i) => i > 0 && at < places[i - 1])) return null
  return (
    places?.map((at, index) => {
      const { start, end, kind } = own[index]
      return { kind, start: at, end: at + end - start, index, source: { start, end } }
    }) ?? null
  )
}

/** The places of tags that are those of a unit's source, in the order of both. */
function byTags(
  source: string,
  own: readonly Omit<SegmentTag, 'id' | 'xml'>[],
  tags: NonNullable<UnitDetails['tags']>,
): number[] | null {
  const inner = own.length === tags.source.length ? tags.source : withinText(source, tags.source)
  if (own.length !== inner.length) return null
  const words = (at: number) => source.slice(0, at).replace(/\s+/g, '').length
  const places = own.map((tag, i) => {
    const known = inner[i]
    if (known.kind !== tag.kind || words(known.at) !== words(tag.at) || known.length !== tag.length) return -1
    return tags.target.find(({ id, kind }) => id === known.id && kind === known.kind)?.at ?? -1
  })
  return places.includes(-1) ? null : places
}

/** Tags without those before the first word, after the last one and around the whole text: documents keep these beside it. */
function withinText(source: string, tags: readonly SegmentTag[]): readonly SegmentTag[] {
  const [first, last] = [tags[0], tags.at(-1)]
  if (!first || !last) return tags
  const [begins, ends] = [first.at === 0, last.at === source.length]
  if (begins && first.kind === 'mark') return withinText(source, tags.slice(1))
  if (ends && last.kind === 'mark') return withinText(source, tags.slice(0, -1))
  const isAround = begins && ends && first.kind === 'open' && last.kind === 'close' && first.id === last.id
  return isAround ? withinText(source, tags.slice(1, -1)) : tags
}

/** The places of tags in a translation that has none: around words that are the same in both languages, once. */
function byWords(source: string, target: string, own: readonly Omit<SegmentTag, 'id' | 'xml'>[]): number[] | null {
  const places = own.map(() => -1)
  const open: number[] = []
  const placeOf = (words: string) => {
    const at = words === '' ? -1 : target.indexOf(words)
    return at >= 0 && source.indexOf(words) === source.lastIndexOf(words) && target.lastIndexOf(words) === at ? at : -1
  }
  for (const [i, { at, kind, length }] of own.entries()) {
    if (kind === 'open') open.push(i)
    else if (kind === 'copy') places[i] = placeOf(source.slice(at, at + length))
    else if (kind === 'mark') places[i] = at === 0 ? 0 : at === source.length ? target.length : -1
    else {
      const begin = open.pop()
      const words = begin === undefined ? '' : source.slice(own[begin].at, at)
      const place = placeOf(words)
      if (begin === undefined || place < 0) return null
      places[begin] = place
      places[i] = place + words.length
    }
  }
  return places.includes(-1) ? null : places
}
