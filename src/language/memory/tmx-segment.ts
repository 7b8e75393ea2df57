import { decodeXML } from 'entities'
import { escapeText } from '../markup/document/entities.ts'
import type { SegmentTag, UnitFacts } from './memory-unit.ts'

/** A segment: its text, without white space around it, and its inline elements. */
export interface Segment {
  text: string
  tags: SegmentTag[]
}

/** A text as it stands in XML, or an element between texts. */
type Part = string | { name: string; attributes: Record<string, string>; xml: string }

/** Elements that have codes of programs; the words of others are words of the text. */
export const isCode = (name: string): boolean => /^(?:bpt|ept|ph|it|ut)$/.test(name)

/** A segment that is read, part by part. An entity may be in two of them. */
export class SegmentReader {
  readonly #parts: Part[] = []
  /** The names of open elements of the code at work, the code itself first. */
  readonly #code: string[] = []
  readonly #highlights: number[] = []
  #count = 0

  open(name: string, attributes: Record<string, string>): void {
    const tag = openTag(name, attributes)
    if (this.#code.length) {
      this.#code.push(name)
      this.#extend(tag)
    } else if (isCode(name)) {
      this.#code.push(name)
      this.#parts.push({ name, attributes, xml: tag })
    } else if (name === 'hi') {
      this.#highlights.push(++this.#count)
      this.#parts.push({ name: 'hi', attributes: { ...attributes, i: `${this.#count}` }, xml: tag })
    }
  }

  close(name: string): void {
    if (this.#code.length) {
      this.#code.pop()
      this.#extend(`</${name}>`)
    } else if (name === 'hi') {
      const i = this.#highlights.pop()
      if (i !== undefined) this.#parts.push({ name: '/hi', attributes: { i: `${i}` }, xml: '</hi>' })
    }
  }

  text(raw: string): void {
    const last = this.#parts.at(-1)
    if (this.#code.length) this.#extend(raw)
    else if (typeof last === 'string') this.#parts[this.#parts.length - 1] = last + raw
    else this.#parts.push(raw)
  }

  #extend(xml: string): void {
    const last = this.#parts.at(-1)
    if (typeof last === 'object') last.xml += xml
  }

  end(): Segment {
    let text = ''
    const tags: SegmentTag[] = []
    for (const part of this.#parts) {
      if (typeof part === 'string') {
        text += decodeXML(part)
        continue
      }
      const shown = shownBy(part)
      tags.push({ at: text.length, length: shown.length, ...roleOf(part), xml: part.xml })
      text += shown
    }
    const lead = text.length - text.trimStart().length
    const words = text.trim()
    const inside = (at: number) => Math.min(words.length, Math.max(0, at - lead))
    return {
      text: words,
      tags: tags.map((tag) => {
        const at = inside(tag.at)
        return { ...tag, at, length: inside(tag.at + tag.length) - at }
      }),
    }
  }
}

/** The words of a placeholder that is no tag of another markup, as `%s`: texts have it as it is. */
function shownBy({ name, xml }: Exclude<Part, string>): string {
  if (name !== 'ph') return ''
  const content = decodeXML(xml.replace(/<[^<>]*>/g, ''))
  return /^\s*</.test(content) ? '' : content
}

function roleOf({ name, attributes: { i, x, pos }, ...part }: Exclude<Part, string>): Pick<SegmentTag, 'kind' | 'id'> {
  if (name === 'hi' || name === '/hi') return { kind: name === 'hi' ? 'open' : 'close', id: `hi ${i}` }
  if (name === 'bpt' || name === 'ept') return { kind: name === 'bpt' ? 'open' : 'close', id: `pt ${i ?? ''}` }
  return { kind: shownBy({ name, attributes: {}, ...part }) ? 'copy' : 'mark', id: `${name} ${x ?? pos ?? ''}` }
}

/** A segment as XML. */
export function segmentXml(text: string, tags: readonly SegmentTag[] = []): string {
  let [xml, at] = ['', 0]
  for (const tag of tags) {
    xml += escapeText(text.slice(at, tag.at)) + tag.xml
    at = Math.max(at, tag.at + tag.length)
  }
  return `<seg>${xml}${escapeText(text.slice(at))}</seg>`
}

/** A tag whose attributes are as the source of XML has them. */
export const openTag = (name: string, attributes: Readonly<Record<string, string>> = {}): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${value.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`)
    .join('')}>`

/** The element of a unit, or of one of its texts, with what TMX says of it. */
export const elementXml = (name: string, facts: UnitFacts | undefined, content: string, language?: string): string =>
  `${openTag(name, { ...(language !== undefined && { 'xml:lang': escapeText(language) }), ...facts?.attributes })}${facts?.children ?? ''}${content}</${name}>`
