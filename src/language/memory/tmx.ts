import { Parser } from 'htmlparser2'
import { GlassformerError } from '../../base/errors.ts'
import { escapeText } from '../markup/document/entities.ts'
import { findLanguage } from '../text/languages.ts'
import type { MemoryUnit, UnitFacts } from './memory-unit.ts'
import { elementXml, openTag, type Segment, SegmentReader, segmentXml } from './tmx-segment.ts'

/** The languages of a pair. */
export interface MemoryLanguages {
  source: string
  target: string
}

/** One of the texts of a unit. */
interface Variant extends Segment {
  language: string
  facts: UnitFacts
}

/**
 * Reads the units of TMX 1.4, which comes in pieces: of each `<tu>` the segments in both languages, one unit for each
 * translation. Codes of inline elements (`<bpt>`, `<ph>`) are tags of a segment; `<hi>` and `<sub>` have words. `lacks` is told
 * the language that a unit has no text in.
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
  #unit: UnitFacts = {}
  #variants: Variant[] = []
  /** What is said of the text at work, or of the unit. */
  #facts: UnitFacts = {}
  #language = ''
  #segment: SegmentReader | null = null
  /** Whether a note or a property is open. */
  #isTold = false

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
    if (this.#segment) return this.#segment.open(name, attributes)
    if (name === 'tmx') this.#isTmx = true
    if (name === 'tu') {
      this.#variants = []
      this.#unit = this.#facts = factsOf(attributes)
    }
    if (name === 'tuv') {
      this.#language = attributes['xml:lang'] ?? attributes.lang ?? ''
      this.#facts = factsOf(attributes)
    }
    if (name === 'seg') this.#segment = new SegmentReader()
    if (isTold(name) && this.#open.includes('tu')) {
      this.#isTold = true
      this.#tell(openTag(name, attributes))
    }
  }

  #closed(name: string): void {
    this.#open.pop()
    if (name === 'seg' && this.#segment) {
      this.#variants.push({ language: this.#language, facts: this.#facts, ...this.#segment.end() })
      this.#segment = null
    } else if (this.#segment) this.#segment.close(name)
    else if (isTold(name) && this.#isTold) {
      this.#tell(`</${name}>`)
      this.#isTold = false
    }
    if (name === 'tuv') this.#facts = this.#unit
    if (name !== 'tu') return
    const { source, target } = this.#codesOf(this.#variants.map(({ language }) => language))
    const own = this.#variants.findLast(({ language, text }) => language === source && text !== '')
    const others = this.#variants.filter(({ language, text }) => language === target && text !== '')
    if (!own || !others.length) this.#lacks(own ? this.#languages.target : this.#languages.source)
    else for (const each of others) this.#take(unitOf(this.#unit, own, each))
  }

  /** The codes that a unit has for the languages: exactly these, or those of their regions; '' where it has none. */
  #codesOf(languages: readonly string[]): MemoryLanguages {
    const known = [...new Set(languages)]
    const key = known.join(' ')
    const found = this.#codes.get(key) ?? {
      source: findLanguage(this.#languages.source, known) ?? '',
      target: findLanguage(this.#languages.target, known) ?? '',
    }
    if (this.#codes.size < MOST_CODES) this.#codes.set(key, found)
    return found
  }

  #read(text: string): void {
    if (this.#segment) this.#segment.text(text)
    else if (this.#isTold) this.#tell(text)
  }

  #tell(xml: string): void {
    this.#facts.children = (this.#facts.children ?? '') + xml
  }
}

const isTold = (name: string) => name === 'note' || name === 'prop'

/** What attributes say, beside the language. */
function factsOf({ 'xml:lang': _, lang, ...attributes }: Record<string, string>): UnitFacts {
  return Object.keys(attributes).length ? { attributes } : {}
}

function unitOf(unit: UnitFacts, source: Variant, target: Variant): MemoryUnit {
  const said = { unit, source: source.facts, target: target.facts }
  const facts = Object.fromEntries(Object.entries(said).filter(([, each]) => Object.keys(each).length))
  const hasTags = source.tags.length > 0 || target.tags.length > 0
  return {
    source: source.text,
    target: target.text,
    ...(hasTags && { tags: { source: source.tags, target: target.tags } }),
    ...(Object.keys(facts).length && { facts }),
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
  for (const unit of units) {
    const { facts = {}, tags } = unit
    const own = elementXml('tuv', facts.source, segmentXml(unit.source, tags?.source), source)
    const other = elementXml('tuv', facts.target, segmentXml(unit.target, tags?.target), target)
    yield `${elementXml('tu', facts.unit, own + other)}\n`
  }
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
  const reader = new TmxReader(languages, (unit) => units.push({ ...unit, isBeside: true }))
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
