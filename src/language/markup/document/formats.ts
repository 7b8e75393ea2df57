import { GlassformerError } from '../../../base/errors.ts'
import type { Guess } from '../../../formats/disk/text-encoding.ts'

/** The formats of texts and documents. */
export type Format = (typeof formats)[number]
export const formats = [
  ...(['text', 'html', 'xml', 'markdown', 'srt', 'vtt', 'json', 'po', 'xliff'] as const),
  ...(['yaml', 'properties', 'strings', 'csv', 'tsv'] as const),
] as const

/** The formats of documents that are packages of files. */
export type PackageFormat = (typeof packageFormats)[number]
export const packageFormats = ['docx', 'pptx', 'xlsx', 'odt', 'odp', 'ods', 'epub'] as const

/** The extensions of a format's files. */
export const extensionsOf = (format: DocumentFormat): readonly string[] => EXTENSIONS[format]

/** The formats of documents as bytes. */
export type DocumentFormat = Format | PackageFormat
export const documentFormats = [...formats, ...packageFormats] as const

export const isPackage = (format: DocumentFormat): format is PackageFormat =>
  (packageFormats as readonly string[]).includes(format)

/** In which encodings besides UTF-8 documents of a format are read. */
export const guessOf = (format: DocumentFormat): Guess =>
  /^(?:html|xml|xliff)$/.test(format) ? 'declared' : /^(?:srt|vtt|csv|tsv|properties)$/.test(format) ? 'plain' : 'none'

const codeOf = (unit: string) => unit.charCodeAt(0).toString(16).padStart(4, '0')

/** How a format spells characters that an encoding does not have; null where it cannot. */
export function escapeOf(format: DocumentFormat): ((character: string) => string) | null {
  if (guessOf(format) === 'declared') return (character) => `&#${character.codePointAt(0)};`
  return format === 'properties' ? (character) => character.replace(/[\s\S]/g, (unit) => `\\u${codeOf(unit)}`) : null
}

const EXTENSIONS: Record<DocumentFormat, readonly string[]> = {
  text: ['txt', 'text'],
  html: ['html', 'htm', 'xhtml'],
  xml: ['xml', 'svg', 'dita', 'ditamap', 'dbk', 'rss', 'atom'],
  markdown: ['md', 'markdown', 'mdown', 'mkd'],
  srt: ['srt'],
  vtt: ['vtt'],
  json: ['json', 'arb'],
  po: ['po', 'pot'],
  xliff: ['xlf', 'xliff'],
  yaml: ['yaml', 'yml'],
  properties: ['properties'],
  strings: ['strings'],
  csv: ['csv'],
  tsv: ['tsv'],
  docx: ['docx', 'docm', 'dotx', 'dotm'],
  pptx: ['pptx', 'pptm', 'potx', 'potm', 'ppsx', 'ppsm'],
  xlsx: ['xlsx', 'xlsm', 'xltx', 'xltm'],
  odt: ['odt', 'ott'],
  odp: ['odp', 'otp'],
  ods: ['ods', 'ots'],
  epub: ['epub'],
}

/** Documents that cannot be translated, and what to do with them. */
const REFUSED: readonly { extensions: readonly string[]; says: string }[] = [
  {
    extensions: ['pdf'],
    says: 'a PDF has letters at places of pages, not sentences: translate the document that it was made from, or convert it to .docx or .odt first (LibreOffice Draw and Word open PDF)',
  },
  {
    extensions: ['doc', 'dot', 'xls', 'xlt', 'ppt', 'pot', 'rtf', 'wpd', 'sxw'],
    says: 'this format is older than what is read here: save the document as .docx, .xlsx, .pptx, or as .odt, .ods, .odp',
  },
]

const extensionOf = (name: string) => /\.([^./\\]+)$/.exec(name)?.[1].toLowerCase() ?? ''

/** The format by a file's extension; null for an unknown extension. */
export function formatOfFile(name: string): DocumentFormat | null {
  const extension = extensionOf(name)
  return documentFormats.find((format) => EXTENSIONS[format].includes(extension)) ?? null
}

/** Why a file of this name cannot be translated, and what to do; null for any other extension. */
export const refusalOfFile = (name: string): string | null =>
  REFUSED.find(({ extensions }) => extensions.includes(extensionOf(name)))?.says ?? null

/** @throws GlassformerError ERR_INPUT for bytes of a PDF or of an old document, whatever its name is, and what to do */
export function checkBytes(bytes: Uint8Array): void {
  const refusal = refusalOfBytes(bytes)
  if (refusal !== null) throw new GlassformerError('ERR_INPUT', refusal)
}

function refusalOfBytes(bytes: Uint8Array): string | null {
  const begins = (...given: number[]) => given.every((each, i) => bytes[i] === each)
  if (begins(0x25, 0x50, 0x44, 0x46)) return REFUSED[0].says
  // A compound file holds old documents, and encrypted new ones.
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) return `${REFUSED[1].says}; if it is encrypted, save it without a password`
  return null
}
