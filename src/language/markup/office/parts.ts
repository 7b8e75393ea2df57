import type { PackageFormat } from '../document/formats.ts'
import type { SaidLanguages } from '../document/said-languages.ts'
import type { Cuts } from './fragments.ts'

/** How a part of a document is read. */
export type PartKind =
  | ('word' | 'drawing' | 'master' | 'sheet' | 'open document' | 'book' | 'labels' | 'properties')
  /** It has no texts, and says in which language those of other parts are. */
  | 'languages'

/** A part of a document, as it is given to a parser. */
export interface Part {
  kind: PartKind
  /** Whether the target language is written from right to left. */
  isTurned: boolean
  /** Cells of these texts stay. */
  names: readonly string[]
  /** What formulas of the workbook compare cells with. */
  compared?: readonly string[]
  /** The languages of the translation, which the part then says. */
  languages?: SaidLanguages
  /** Whether attributes of a book's pages that readers see or hear are translated. Default: true. */
  attributes?: boolean
}

/** Types of Office Open XML, by the ends of their names; the format of the main part comes with its type. */
const TYPES: readonly { type: RegExp; kind: PartKind; main?: PackageFormat }[] = [
  { type: /(?:wordprocessingml\.|ms-word\.)[\w.]*main\+xml$/, kind: 'word', main: 'docx' },
  { type: /wordprocessingml\.(?:header|footer|footnotes|endnotes|comments)\+xml$/, kind: 'word' },
  { type: /(?:spreadsheetml|ms-excel)\.[\w.]*main\+xml$/, kind: 'properties', main: 'xlsx' },
  { type: /spreadsheetml\.(?:sharedStrings|worksheet|comments)\+xml$/, kind: 'sheet' },
  { type: /(?:presentationml|ms-powerpoint)\.[\w.]*main\+xml$/, kind: 'properties', main: 'pptx' },
  { type: /presentationml\.(?:slide|notesSlide)\+xml$/, kind: 'drawing' },
  { type: /presentationml\.(?:slideLayout|slideMaster)\+xml$/, kind: 'master' },
  { type: /drawingml\.(?:chart|chartshapes|diagramData|diagramDrawing)\+xml$/, kind: 'drawing' },
  { type: /openxmlformats-officedocument\.drawing\+xml$/, kind: 'drawing' },
  { type: /wordprocessingml\.(?:styles|settings|numbering)\+xml$/, kind: 'languages' },
  { type: /core-properties\+xml$/, kind: 'properties' },
]

/** How a part of Office Open XML is read, by its type; null where it is left as it is. */
export function partOfType(type: string): { kind: PartKind; main?: PackageFormat } | null {
  return TYPES.find((each) => each.type.test(type)) ?? null
}

/** Notes of macOS on other files of a package, under names like theirs. */
const OF_MAC = /^__MACOSX\/|(?:^|\/)\._[^/]*$/

/** How a file of an OpenDocument package, or of a book, is read; null where it is left as it is. */
export function partOfName(name: string, format: PackageFormat): PartKind | null {
  if (OF_MAC.test(name)) return null
  if (format === 'epub') {
    if (/\.(?:xhtml|html?)$/i.test(name)) return 'book'
    if (/\.ncx$/i.test(name)) return 'labels'
    return /\.opf$/i.test(name) ? 'properties' : null
  }
  if (/^(?:Object [^/]*\/)?(?:content|styles)\.xml$/.test(name)) return 'open document'
  return name === 'meta.xml' ? 'properties' : null
}

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '))

/** Where parts may be cut. Parts of other kinds are read as one. */
const CUTS: Partial<Record<PartKind, Cuts>> = {
  word: { after: set('p'), within: set('p') },
  languages: { after: set('style num abstractNum'), within: set('style num abstractNum docDefaults') },
  sheet: { after: set('si row comment'), within: set('si row comment') },
  'open document': {
    after: set('p h table-row page'),
    within: set('p h table-row frame tracked-changes annotation index-source notes shapes automatic-styles styles'),
  },
}

export const cutsOf = (kind: PartKind): Cuts => CUTS[kind] ?? { after: set(''), within: set('') }
