import { decodeXML } from 'entities'
import { Parser } from 'htmlparser2'
import { GlassformerError } from '../../base/errors.ts'
import { escapeText } from '../markup/entities.ts'
import { languageTag } from '../text/languages.ts'
import type { MemoryUnit } from './memory-file.ts'

/** The languages of a pair. */
export interface MemoryLanguages {
  source: string
  target: string
}

/**
 * Reads the units of TMX 1.4, which comes in pieces: of each `<tu>` the segments in both languages. Inline elements
 * (`<bpt>`, `<ph>`) are formatting and are left out; `<hi>` and `<sub>` have words.
 * @throws GlassformerError ERR_INPUT for a text that is no TMX
 */
export class TmxReader {
  readonly #languages: MemoryLanguages
  readonly #take: (unit: MemoryUnit) => void
  readonly #parser: Parser
  readonly #open: string[] = []
  #isTmx = false
  #language = ''
  #segment = ''
  #texts = new Map<string, string>()

  constructor(languages: MemoryLanguages, take: (unit: MemoryUnit) => void) {
    this.#languages = languages
    this.#take = take
    this.#parser = new Parser(
      {
        onopentag: (name, attributes) => this.#opened(name, attributes),
        onclosetag: (name) => this.#closed(name),
        ontext: (text) => this.#read(text),
      },
      { xmlMode: true, decodeEntities: false },
    )
  }

  write(text: string): void {
    this.#parser.write(text)
  }

  end(): void {
    this.#parser.end()
    if (!this.#isTmx) throw new GlassformerError('ERR_INPUT', 'this is no TMX: it has no <tmx>')
  }

  #opened(name: string, attributes: Record<string, string>): void {
    this.#open.push(name)
    if (name === 'tmx') this.#isTmx = true
    if (name === 'tu') this.#texts = new Map()
    if (name === 'tuv') this.#language = attributes['xml:lang'] ?? attributes.lang ?? ''
    if (name === 'seg') this.#segment = ''
  }

  #closed(name: string): void {
    this.#open.pop()
    if (name === 'seg') this.#texts.set(this.#language, this.#segment)
    if (name !== 'tu') return
    const { source, target } = this.#languages
    const [from, into] = [this.#textIn(source), this.#textIn(target)]
    if (from?.trim() && into?.trim()) this.#take({ source: from.trim(), target: into.trim() })
  }

  /** The text of a unit in a language: of exactly this one, or of one of its regions. */
  #textIn(language: string): string | undefined {
    const known = [...this.#texts.keys()]
    const base = (code: string) => new Intl.Locale(languageTag(code) ?? 'und').language
    const exact = known.find((code) => code.toLowerCase() === language.toLowerCase())
    return this.#texts.get(exact ?? known.find((code) => base(code) === base(language)) ?? '')
  }

  #read(text: string): void {
    const at = this.#open.lastIndexOf('seg')
    if (at >= 0 && this.#open.slice(at + 1).every((name) => name === 'hi' || name === 'sub'))
      this.#segment += decodeXML(text)
  }
}

/** TMX 1.4 of units, part by part. */
export function* tmxOf(units: Iterable<MemoryUnit>, { source, target }: MemoryLanguages): Generator<string> {
  const header = `creationtool="glassformer" creationtoolversion="1" segtype="sentence" o-tmf="glassformer" adminlang="en" srclang="${escapeText(source)}" datatype="plaintext"`
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n<header ${header}/>\n<body>\n`
  const segment = (language: string, text: string) =>
    `<tuv xml:lang="${escapeText(language)}"><seg>${escapeText(text)}</seg></tuv>`
  for (const unit of units) yield `<tu>${segment(source, unit.source)}${segment(target, unit.target)}</tu>\n`
  yield '</body>\n</tmx>\n'
}
