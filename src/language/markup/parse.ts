import { GlassformerError } from '../../base/errors.ts'
import { counted, type Document } from './document/document.ts'
import type { Format } from './document/formats.ts'
import type { SaidLanguages } from './document/said-languages.ts'
import type { Part } from './office/parts.ts'
import type { TagHandling } from './tags/tagged-text.ts'

/** Options for reading a document. */
export interface Parsing {
  format: Format
  /** Whether texts in .po and XLIFF that already have a translation are translated again. */
  retranslate: boolean
  /** The languages of the translation, which the document then says; without them it says what it said. */
  languages?: SaidLanguages
  /** Whether attributes of HTML that readers see or hear are translated. Default: true. */
  attributes?: boolean
  /** The tag settings of a DeepL request for HTML or XML. */
  tags?: TagHandling
  /** The part of an office document of which the source is a fragment. */
  part?: Part
  /** The columns of a table whose cells are translated, by their heads or by their numbers from 1 on. */
  columns?: readonly string[]
}

/**
 * Parses a document. The libraries for a format are loaded by its first document.
 * @throws GlassformerError ERR_INPUT, with the line, for a document that cannot be parsed
 */
export async function parseDocument(source: string, parsing: Parsing): Promise<Document> {
  const { format, retranslate } = parsing
  const parse = await parserOf(parsing)
  try {
    return counted(() => parse(source, retranslate))
  } catch (cause) {
    if ((cause as Error | undefined)?.name !== 'RangeError') throw cause
    throw new GlassformerError('ERR_INPUT', `the document is nested too deep to be read as ${format}`, { cause })
  }
}

async function parserOf(parsing: Parsing): Promise<(source: string, retranslate: boolean) => Document> {
  const { format, tags, part, columns = [], languages } = parsing
  if (part) {
    const { parsePart } = await import('./office/parse-part.ts')
    return (source) => parsePart(source, part)
  }
  if (tags) {
    const { parseTagged } = await import('./tags/tagged-text.ts')
    return (source) => parseTagged(source, tags, parsing)
  }
  if (format === 'text') return (await import('./plain/text.ts')).parseText
  if (format === 'html') {
    const { parseHtml } = await import('./tags/html.ts')
    return (source) => parseHtml(source, parsing)
  }
  if (format === 'xml') {
    const { parseXml } = await import('./tags/xml.ts')
    return (source) => parseXml(source, languages)
  }
  if (format === 'xliff') return (await import('./bilingual/xliff.ts')).parseXliff
  if (format === 'markdown') {
    const { parseMarkdown } = await import('./markdown/markdown.ts')
    return (source) => parseMarkdown(source, parsing)
  }
  if (format === 'json') return (await import('./plain/json.ts')).parseJsonStrings
  if (format === 'po') return (await import('./bilingual/po.ts')).parsePo
  if (format === 'yaml') return (await import('./plain/yaml.ts')).parseYaml
  if (format === 'properties') return (await import('./plain/properties.ts')).parseProperties
  if (format === 'strings') return (await import('./plain/apple-strings.ts')).parseAppleStrings
  if (format === 'csv' || format === 'tsv') {
    const { parseTable } = await import('./plain/table.ts')
    return (source) => parseTable(source, format, columns)
  }
  return (await import('./plain/subtitles.ts')).parseSubtitles
}
