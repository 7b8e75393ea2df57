import { decodeXML } from 'entities'
import { withAttribute } from '../document/attributes.ts'
import { Document, type Edit, isText, type Unit } from '../document/document.ts'
import { escapeText } from '../document/entities.ts'
import { type Token, tokensOf } from '../document/tokens.ts'
import { type Item, keptItem, NO_RUN, type Run } from './items.ts'
import { unitsOfItems } from './text-unit.ts'

/** Elements around words of a paragraph. */
const AROUND = /^(?:text:(?:span|a|meta)|draw:a)$/
/** Elements that end a text. */
const CUT = /^text:(?:tab|line-break)$/
/** Ranges of words between two marks. */
const RANGE = /^text:((?:bookmark|reference-mark|toc-mark|alphabetical-index-mark)-)(start|end)$/
/** Elements with paragraphs of their own, or with none. */
const APART =
  /^(?:text:(?:note|soft-page-break|change|change-start|change-end|ruby)|office:annotation(?:-end)?|draw:.*)$/
/** Elements that are left as they are: deleted texts, scripts, texts of forms that programs use. */
const KEPT =
  /^(?:text:tracked-changes|table:tracked-changes|office:scripts|table:content-validations|text:index-source)$/

/** Spaces beside others, and tabs, are elements. */
const plain: Run = {
  ...NO_RUN,
  wrap: (text) => escapeText(text.replace(/[\t\r\n]+/g, ' ')),
}

/** Parses a part of an OpenDocument file: its content, or its styles, which have headers and footers. */
export function parseOpenDocument(source: string, isTurned: boolean): Document {
  const tokens = tokensOf(source, true)
  const units: Unit[] = []
  new Paragraphs(source, tokens, units).scan(0, tokens.length)
  return new Document(source, units, isTurned ? rightToLeft(source, tokens) : [])
}

class Paragraphs {
  readonly #source: string
  readonly #tokens: readonly Token[]
  readonly #units: Unit[]

  constructor(source: string, tokens: readonly Token[], units: Unit[]) {
    this.#source = source
    this.#tokens = tokens
    this.#units = units
  }

  scan(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const { kind, name, last } = this.#tokens[i]
      if (kind !== 'open') continue
      if (KEPT.test(name) || this.#isComputed(i)) i = last
      else if (/^text:(?:p|h|index-title-template)$/.test(name)) {
        const items: Item[] = []
        this.#items(i + 1, last, items)
        this.#units.push(...unitsOfItems(items))
        i = last
      } else if (/^svg:(?:title|desc)$/.test(name)) {
        this.#whole(i)
        i = last
      }
    }
  }

  /** Whether a cell shows the result of a formula, or a value that is no text. */
  #isComputed(open: number): boolean {
    const { name, attributes } = this.#tokens[open]
    if (!/^table:(?:covered-)?table-cell$/.test(name)) return false
    const type = attributes['office:value-type'] ?? attributes['calcext:value-type'] ?? 'string'
    return 'table:formula' in attributes || type !== 'string'
  }

  /** An element whose content is one text without elements. */
  #whole(open: number): void {
    const { end, last } = this.#tokens[open]
    const place = { start: end, end: this.#tokens[last].start }
    const text = decodeXML(this.#source.slice(place.start, place.end))
    if (last === open || text.includes('<') || !isText(text)) return
    this.#units.push({
      at: place.start,
      text: { text: text.trim(), spans: [] },
      edits: (translation) => [{ ...place, text: escapeText(translation.text) }],
    })
  }

  #items(from: number, to: number, items: Item[]): void {
    for (let i = from; i < to; i++) {
      const { kind, name, start, end, last, attributes } = this.#tokens[i]
      if (kind === 'text') {
        const text = decodeXML(this.#source.slice(start, end)).replace(/[ \t\r\n]+/g, ' ')
        items.push(keptItem('text', { start, end }, plain, text))
      }
      if (kind !== 'open') continue
      const range = RANGE.exec(name)
      const place = { start, end: this.#tokens[last].end }
      const base = name === 'text:ruby' ? this.#baseOf(i) : null
      if (base) items.push(keptItem('text', place, plain, base))
      else if (name === 'text:s') items.push(keptItem('text', place, plain, ' '))
      else if (CUT.test(name)) items.push(keptItem('cut', place, plain))
      else if (AROUND.test(name) && last > i) {
        items.push(keptItem('open', { start, end }, plain, '', `${i}`))
        this.#items(i + 1, last, items)
        const close = this.#tokens[last]
        items.push(keptItem('close', { start: close.start, end: close.end }, plain, '', `${i}`))
      } else if (range) {
        const id = attributes['text:name'] ?? attributes['text:id'] ?? ''
        items.push(keptItem(range[2] === 'start' ? 'open' : 'close', place, plain, '', `${range[1]} ${id}`))
      } else {
        const shown = APART.test(name) || this.#hasParagraphs(i) ? '' : this.#wordsOf(i)
        items.push(keptItem(shown ? 'copy' : 'mark', place, plain, shown))
        if (!shown) this.scan(i + 1, last)
      }
      i = last
    }
  }

  /** The characters of a ruby without their reading, which a translation drops. */
  #baseOf(open: number): string {
    const end = this.#tokens[open].last
    for (let i = open + 1; i < end; i++) if (this.#tokens[i].name === 'text:ruby-base') return this.#wordsOf(i)
    return ''
  }

  #hasParagraphs(open: number): boolean {
    return this.#tokens
      .slice(open + 1, this.#tokens[open].last)
      .some(({ kind, name }) => kind === 'open' && (name === 'text:p' || name === 'text:h'))
  }

  #wordsOf(open: number): string {
    return this.#tokens
      .slice(open, this.#tokens[open].last)
      .map(({ kind, start, end }) => (kind === 'text' ? decodeXML(this.#source.slice(start, end)) : ''))
      .join('')
      .trim()
  }
}

/** Elements that have a direction: of paragraphs, pages and tables. */
const DIRECTED = /^style:(?:paragraph-properties|page-layout-properties|table-properties)$/

/**
 * The edits by which paragraphs, pages and tables are read from right to left. LibreOffice reads "start" as the left
 * side in both directions.
 */
function rightToLeft(source: string, tokens: readonly Token[]): Edit[] {
  let defaults = -1 // the end of the default style of paragraphs
  return tokens.flatMap((token, i): Edit[] => {
    const { kind, name, attributes, last, end } = token
    if (kind !== 'open') return []
    if (name === 'style:default-style' && /^(?:paragraph|graphic)$/.test(attributes['style:family'] ?? '')) {
      defaults = last
      const isGiven = tokens.slice(i, last).some((each) => each.name === 'style:paragraph-properties')
      return isGiven || last === i
        ? []
        : [{ start: end, end, text: '<style:paragraph-properties style:writing-mode="rl-tb" fo:text-align="end"/>' }]
    }
    if (!DIRECTED.test(name)) return []
    const edits = [withAttribute(source, token, 'style:writing-mode', 'rl-tb')]
    const align = attributes['fo:text-align']
    const isParagraph = name === 'style:paragraph-properties'
    if (isParagraph && (align === 'start' || align === 'left' || (align === undefined && i < defaults)))
      edits.push(withAttribute(source, token, 'fo:text-align', 'end'))
    return edits
  })
}
