import { decodeXML } from 'entities'
import { lastOf } from '../../../base/present.ts'
import type { Unit } from '../document/document.ts'
import { escapeText } from '../document/entities.ts'
import type { Token } from '../document/tokens.ts'
import { localName } from '../tags/xml.ts'
import { joinedFields } from './fields.ts'
import { type Item, keptItem, NO_RUN, type Run } from './items.ts'
import { unitsOfItems } from './text-unit.ts'

/** The elements of a markup language whose texts stand in runs, by their local names. */
export interface RunGrammar {
  /** Paragraphs. */
  blocks: ReadonlySet<string>
  /** Elements within a paragraph whose content is part of its text. */
  transparent: ReadonlySet<string>
  /** Elements that end a text: tabs and line ends. */
  cuts: ReadonlySet<string>
  /** Elements whose text is computed, such as page numbers. */
  fields: ReadonlySet<string>
  /** Elements that a new translation drops: marks of spelling errors. */
  dropped: ReadonlySet<string>
  /** Elements that begin and end ranges; the names of both. */
  ranges: ReadonlyMap<string, string>
  /** Marks of a run's format that readers do not see. */
  invisible: RegExp
  /** The `rPr` of a run, changed for a target that is read from right to left. */
  turned?(properties: string, prefix: string): string
}

/** The texts of paragraphs of runs: of Word, of presentations, of cells. */
export class RunParagraphs {
  readonly units: Unit[] = []
  readonly #source: string
  readonly #tokens: readonly Token[]
  readonly #grammar: RunGrammar
  readonly #isTurned: boolean

  constructor(source: string, tokens: readonly Token[], grammar: RunGrammar, isTurned: boolean) {
    this.#source = source
    this.#tokens = tokens
    this.#grammar = grammar
    this.#isTurned = isTurned
  }

  /** Adds the texts of the paragraphs from one token to another. `skips` tells which elements are left as they are. */
  scan(from: number, to: number, skips: (open: number) => boolean = () => false): void {
    for (let i = from; i < to; i++) {
      const { kind, name, last } = this.#tokens[i]
      if (kind !== 'open') continue
      if (skips(i)) i = last
      else if (this.#grammar.blocks.has(localName(name))) {
        this.#paragraph(i)
        i = last
      }
    }
  }

  #paragraph(open: number): void {
    const items: Item[] = []
    this.#items(open + 1, this.#tokens[open].last, items)
    this.units.push(...unitsOfItems(joinedFields(items, this.#source)))
  }

  /** The items of a paragraph from one token to another, outside of runs. */
  #items(from: number, to: number, items: Item[]): void {
    const { transparent, fields, ranges, dropped } = this.#grammar
    for (let i = from; i < to; i++) {
      const token = this.#tokens[i]
      if (token.kind !== 'open') continue
      const { name, last } = token
      const local = localName(name)
      const place = { start: token.start, end: this.#tokens[last].end }
      if (local === 'r') this.#run(i, items)
      else if (local === 't') items.push(...this.#text(i, plainRun(name)))
      else if (transparent.has(local)) this.#around(i, items)
      else if (fields.has(local)) items.push(keptItem(...this.#copy(i), place, NO_RUN, this.#wordsOf(i)))
      else if (this.#grammar.cuts.has(local)) items.push(keptItem('cut', place, NO_RUN))
      else if (ranges.has(local)) {
        const begins = ranges.get(local) === local
        const { id = '' } = withoutPrefixes(token.attributes)
        items.push(keptItem(begins ? 'open' : 'close', place, NO_RUN, '', `${ranges.get(local)} ${id}`))
      } else if (!dropped.has(local)) {
        items.push(keptItem('mark', place, NO_RUN))
        this.scan(i + 1, last)
      }
      i = last
    }
  }

  #copy(open: number): ['copy' | 'mark'] {
    return [this.#wordsOf(open) ? 'copy' : 'mark']
  }

  /** An element around runs. Word's content controls have their content in an element of its own. */
  #around(open: number, items: Item[]): void {
    const { last, start, name } = this.#tokens[open]
    let content = open
    if (localName(name) === 'sdt') {
      content = this.#childOf(open, 'sdtContent')
      if (content < 0) return void items.push(keptItem('mark', { start, end: this.#tokens[last].end }, NO_RUN))
    }
    const { end, last: contentLast } = this.#tokens[content]
    if (contentLast === content)
      return void items.push(keptItem('mark', { start, end: this.#tokens[last].end }, NO_RUN))
    const pair = `${name} ${open}`
    items.push(keptItem('open', { start, end }, NO_RUN, '', pair))
    this.#items(content + 1, contentLast, items)
    const close = { start: this.#tokens[contentLast].start, end: this.#tokens[last].end }
    items.push(keptItem('close', close, NO_RUN, '', pair))
  }

  #childOf(open: number, child: string): number {
    for (let i = open + 1; i < this.#tokens[open].last; i++) {
      const { kind, name, last } = this.#tokens[i]
      if (kind !== 'open') continue
      if (localName(name) === child) return i
      i = last
    }
    return -1
  }

  /** The items of a run. Only those between its first and its last one need it to stay open. */
  #run(open: number, items: Item[]): void {
    const { last, start } = this.#tokens[open]
    const { end } = this.#tokens[last]
    const run = this.#runOf(open)
    const own: Item[] = []
    for (let i = open + 1; i < last; i++) {
      const token = this.#tokens[i]
      if (token.kind !== 'open') continue
      this.#runChild(i, run, own)
      i = token.last
    }
    if (!own.length) return
    const [first, final] = [own[0], lastOf(own)]
    if (first.kind === 'text') Object.assign(first, { start, before: NO_RUN })
    if (final.kind === 'text') Object.assign(final, { end, after: NO_RUN })
    // A run without words stays whole.
    if (own.length === 1 && first.kind !== 'text') Object.assign(first, { start, end, before: NO_RUN, after: NO_RUN })
    items.push(...own)
  }

  #runChild(i: number, run: Run, own: Item[]): void {
    const { name, last, start } = this.#tokens[i]
    const { cuts, dropped } = this.#grammar
    const local = localName(name)
    const place = { start, end: this.#tokens[last].end }
    if (local === 'rPr' || dropped.has(local)) return
    if (local === 't') own.push(...this.#text(i, run))
    else if (local === 'ruby') own.push(...this.#read(i, run))
    else if (local === 'noBreakHyphen') own.push(keptItem('text', place, run, '-'))
    else if (cuts.has(local)) own.push(keptItem('cut', place, run))
    else {
      const field = local === 'fldChar' ? withoutPrefixes(this.#tokens[i].attributes).fldCharType : ''
      const name = field ? `field ${field}` : local === 'instrText' ? 'field code' : ''
      own.push(keptItem('mark', place, run, '', name))
      this.scan(i + 1, last)
    }
  }

  /** Characters with their reading, which a translation drops. */
  #read(open: number, run: Run): Item[] {
    const { start, last } = this.#tokens[open]
    const base = this.#childOf(open, 'rubyBase')
    const text = base < 0 ? '' : this.#wordsOf(base)
    const inner = base < 0 ? -1 : this.#childOf(base, 'r')
    const place = { start, end: this.#tokens[last].end }
    if (text === '' || inner < 0) return [keptItem('mark', place, run)]
    return [{ ...keptItem('text', place, run, text), run: this.#runOf(inner) }]
  }

  #text(open: number, run: Run): Item[] {
    const { start, last } = this.#tokens[open]
    const text = this.#wordsOf(open)
    return text === '' ? [] : [keptItem('text', { start, end: this.#tokens[last].end }, run, text)]
  }

  /** The text of an element. */
  #wordsOf(open: number): string {
    let words = ''
    for (let i = open + 1; i < this.#tokens[open].last; i++) {
      const { kind, start, end } = this.#tokens[i]
      if (kind === 'text') words += decodeXML(this.#source.slice(start, end))
    }
    return words
  }

  #runOf(open: number): Run {
    const { name, start, end, last } = this.#tokens[open]
    const properties = this.#childOf(open, 'rPr')
    const prefix = name.slice(0, name.length - 1)
    const given =
      properties < 0
        ? ''
        : this.#source.slice(this.#tokens[properties].start, this.#tokens[this.#tokens[properties].last].end)
    const raw = (this.#isTurned && this.#grammar.turned?.(given, prefix)) || given
    const tag = last === open ? `<${name}>` : this.#source.slice(start, end)
    const space = prefix === 'a:' ? '' : ' xml:space="preserve"'
    return {
      key: `run ${given.replace(this.#grammar.invisible, '').replace(/<[\w:]*rPr\s*(?:\/>|>\s*<\/[\w:]*rPr>)/, '')}`,
      open: tag + raw,
      close: `</${name}>`,
      wrap: (text) => `<${prefix}t${space}>${escapeText(text)}</${prefix}t>`,
    }
  }
}

/** The place of a text that stands in a paragraph without a run. */
const plainRun = (name: string): Run => ({
  ...NO_RUN,
  wrap: (text) => `<${name} xml:space="preserve">${escapeText(text)}</${name}>`,
})

export const withoutPrefixes = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [localName(name), value]))
