import { decodeXML } from 'entities'
import { Parser } from 'htmlparser2'
import { GlassformerError } from '../../base/errors.ts'
import { escapeText } from '../markup/document/entities.ts'
import { findLanguage } from '../text/languages.ts'
import type { MemoryUnit } from './memory-file.ts'

/** The languages of a pair. */
export interface MemoryLanguages {
  source: string
  target: string
}

/**
 * Reads the units of TMX 1.4, which comes in pieces: of each `<tu>` the segments in both languages. Inline elements
 * (`<bpt>`, `<ph>`) are formatting and are left out; `<hi>` and `<sub>` have words. `lacks` is told the language that a
 * unit has no text in.
 * @throws GlassformerError ERR_INPUT for a text that is no TMX
 */
export class TmxReader {
  readonly #languages: MemoryLanguages
  readonly #take: (unit: MemoryUnit) => void
  readonly #lacks: (language: string) => void
  /** For the codes of a unit, joined: those of the languages that are asked for. */
  readonly #codes = new Map<string, MemoryLanguages>()
  readonly #parser: Parser
  readonly #open: string[] = []
  #isTmx = false
  #language = ''
  /** With entities, which the end of a piece may cut. */
  #segment = ''
  #texts = new Map<string, string>()

  constructor(
    languages: MemoryLanguages,
    take: (unit: MemoryUnit) => void,
    lacks: (language: string) => void = () => {},
  ) {
    this.#languages = languages
    this.#take = take
    this.#lacks = lacks
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
    const isCut = this.#open.length > 0 // the parser then closes what is open
    this.#parser.end()
    if (!this.#isTmx) throw new GlassformerError('ERR_INPUT', 'this is no TMX: it has no <tmx>')
    if (isCut) throw new GlassformerError('ERR_INPUT', 'the TMX is cut off: </tmx> is missing')
  }

  #opened(name: string, attributes: Record<string, string>): void {
    // The parser's time for an element grows with the elements around it.
    if (this.#open.push(name) > MOST_LEVELS)
      throw new GlassformerError('ERR_INPUT', `the TMX has elements in elements, more than ${MOST_LEVELS} deep`)
    if (name === 'tmx') this.#isTmx = true
    if (name === 'tu') this.#texts = new Map()
    if (name === 'tuv') this.#language = attributes['xml:lang'] ?? attributes.lang ?? ''
    if (name === 'seg') this.#segment = ''
  }

  #closed(name: string): void {
    this.#open.pop()
    if (name === 'seg') this.#texts.set(this.#language, decodeXML(this.#segment))
    if (name !== 'tu') return
    const { source, target } = this.#codesOf([...this.#texts.keys()])
    const [from, into] = [this.#texts.get(source)?.trim(), this.#texts.get(target)?.trim()]
    if (from && into) this.#take({ source: from, target: into })
    else this.#lacks(from ? this.#languages.target : this.#languages.source)
  }

  /** The codes that a unit has for the languages: exactly these, or those of their regions; '' where it has none. */
  #codesOf(known: readonly string[]): MemoryLanguages {
    const key = known.join(' ')
    const found = this.#codes.get(key) ?? {
      source: findLanguage(this.#languages.source, known) ?? '',
      target: findLanguage(this.#languages.target, known) ?? '',
    }
    if (this.#codes.size < MOST_CODES) this.#codes.set(key, found)
    return found
  }

  #read(text: string): void {
    const at = this.#open.lastIndexOf('seg')
    if (at >= 0 && this.#open.slice(at + 1).every((name) => name === 'hi' || name === 'sub')) this.#segment += text
  }
}

/**
 * Decodes a file of TMX part by part; without a part, its end. The first bytes tell UTF-8 from UTF-16.
 * @throws GlassformerError ERR_INPUT for bytes that are not in this encoding
 */
export function tmxDecoder(): (part?: Uint8Array) => string {
  let decoder: TextDecoder | null = null
  return (part) => {
    decoder ??= new TextDecoder(encodingOf(part ?? new Uint8Array()), { fatal: true })
    try {
      return decoder.decode(part, { stream: part !== undefined })
    } catch (cause) {
      throw new GlassformerError('ERR_INPUT', `the text is not ${decoder.encoding.toUpperCase()}; save it as UTF-8`, {
        cause,
      })
    }
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
}

/** The most elements in each other; a segment with formatting is ten deep. */
const MOST_LEVELS = 100

/** The most lists of codes that are remembered; a file has one or a few. */
const MOST_CODES = 1000

/** TMX 1.4 of units, part by part. */
export function* tmxOf(units: Iterable<MemoryUnit>, { source, target }: MemoryLanguages): Generator<string> {
  const header = `creationtool="glassformer" creationtoolversion="1" segtype="sentence" o-tmf="glassformer" adminlang="en" srclang="${escapeText(source)}" datatype="plaintext"`
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n<header ${header}/>\n<body>\n`
  const segment = (language: string, text: string) =>
    `<tuv xml:lang="${escapeText(language)}"><seg>${escapeText(text)}</seg></tuv>`
  for (const unit of units) yield `<tu>${segment(source, unit.source)}${segment(target, unit.target)}</tu>\n`
  yield '</body>\n</tmx>\n'
}

/** The number of units of a part. */
const PART = 2000

/** The number of bytes that are parsed at once. */
const PIECE = 1 << 16

/** Some units of a TMX file, as the JSON of a list of units, which is sent to other threads quickly. */
export interface UnitsPart {
  units: string
  count: number
  isLast: boolean
}

/** The units of a TMX file, in parts. @throws GlassformerError ERR_INPUT for bytes that are no TMX */
export function* unitsInParts(bytes: Uint8Array, languages: MemoryLanguages): Generator<UnitsPart, void, undefined> {
  let units: MemoryUnit[] = []
  const reader = new TmxReader(languages, (unit) => units.push(unit))
  const decode = tmxDecoder()
  const part = (isLast: boolean): UnitsPart => ({ units: JSON.stringify(units), count: units.length, isLast })
  for (let at = 0; at < bytes.length; at += PIECE) {
    reader.write(decode(bytes.subarray(at, at + PIECE)))
    if (units.length < PART) continue
    yield part(false)
    units = []
  }
  reader.write(decode())
  reader.end()
  yield part(true)
}
