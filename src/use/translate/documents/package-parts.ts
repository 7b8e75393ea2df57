import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { PackageEntry, ZipPackage } from '../../../formats/zip/zip-package.ts'
import type { PackageFormat } from '../../../language/markup/document/formats.ts'
import { tokensOf } from '../../../language/markup/document/tokens.ts'
import { comparedIn, MOST_COMPARED } from '../../../language/markup/office/compared-texts.ts'
import { fragmentsOf } from '../../../language/markup/office/fragments.ts'
import { cutsOf, type PartKind, partOfName, partOfType } from '../../../language/markup/office/parts.ts'
import { namesIn } from '../../../language/markup/office/spreadsheet.ts'
import { localName } from '../../../language/markup/tags/xml.ts'

/** The most bytes of a file that says what the other ones are. */
const LARGEST_LIST = 8 << 20

/** Properties of a package that are known before its parts are read. */
export interface PackageParts {
  /** How the files with texts are read; all others are left as they are. */
  kinds: ReadonlyMap<PackageEntry, PartKind>
  /** Texts of cells that stay, because tables are found by them. */
  names: readonly string[]
  /** What formulas compare cells with. */
  compared: readonly string[]
}

/**
 * Finds the parts of a package that have texts; and what its formulas compare, where the translation is reported.
 * @throws GlassformerError ERR_INPUT for a package of another format, or an encrypted one
 */
export async function partsOf(zip: ZipPackage, format: PackageFormat, isReported: boolean): Promise<PackageParts> {
  if (/^(?:docx|pptx|xlsx)$/.test(format)) return officeParts(zip, format, isReported)
  await checkMimeType(zip, format)
  const kinds = new Map<PackageEntry, PartKind>()
  for (const entry of zip.entries) {
    const kind = partOfName(entry.name, format)
    if (kind) kinds.set(entry, kind)
  }
  await checkPlain(zip, format, kinds)
  return { kinds, names: [], compared: [] }
}

const wrong = (what: string) => new GlassformerError('ERR_INPUT', what)

/** The parts of Office Open XML, by the types that the package lists. */
async function officeParts(zip: ZipPackage, format: PackageFormat, isReported: boolean): Promise<PackageParts> {
  const list = zip.entry('[Content_Types].xml')
  if (!list) throw wrong(`this is no .${format}: the package has no list of its parts ([Content_Types].xml)`)
  const typeOf = typesIn(await zip.text(list, LARGEST_LIST))
  const kinds = new Map<PackageEntry, PartKind>()
  const mains = new Set<PackageFormat>()
  const names: string[] = []
  const sheets: PackageEntry[] = []
  for (const entry of zip.entries) {
    if (entry === list) continue
    const type = typeOf(entry.name)
    const found = partOfType(type)
    if (found?.main) mains.add(found.main)
    // The main parts of workbooks and presentations have names by which other parts find theirs, and no text.
    if (found && (!found.main || found.main === 'docx')) kinds.set(entry, found.kind)
    else if (found?.main === 'pptx') kinds.set(entry, 'languages')
    if (/spreadsheetml\.worksheet\+xml$/.test(type)) sheets.push(entry)
    if (/spreadsheetml\.(?:table|pivotCacheDefinition)\+xml$/.test(type))
      names.push(...namesIn(await zip.text(entry, LARGEST_LIST)))
  }
  if (!mains.has(format))
    throw wrong(`this is no .${format}${mains.size ? `, but a .${[...mains][0]}` : ': it has no main part'}`)
  return { kinds, names, compared: isReported ? await comparedTexts(zip, sheets) : [] }
}

/** What the formulas of sheets compare cells with. */
async function comparedTexts(zip: ZipPackage, sheets: readonly PackageEntry[]): Promise<string[]> {
  const found = new Set<string>()
  for (const entry of sheets)
    for await (const fragment of fragmentsOf(textsOf(zip, entry), entry.name, cutsOf('sheet'))) {
      for (const each of comparedIn(fragment)) if (found.size < MOST_COMPARED) found.add(each)
    }
  return [...found]
}

/** The types of parts in a list of types: a part's own one, or else that of its extension. Case does not count in names. */
function typesIn(list: string): (name: string) => string {
  const own = new Map<string, string>()
  const ofExtensions = new Map<string, string>()
  for (const { kind, name, attributes } of tokensOf(list, true)) {
    if (kind !== 'open') continue
    const { PartName = '', Extension = '', ContentType = '' } = attributes
    const element = localName(name)
    if (element === 'Override') own.set(PartName.replace(/^\//, '').toLowerCase(), ContentType)
    if (element === 'Default') ofExtensions.set(Extension.toLowerCase(), ContentType)
  }
  return (name) => {
    const plain = name.toLowerCase()
    return own.get(plain) ?? ofExtensions.get(plain.slice(plain.lastIndexOf('.') + 1)) ?? ''
  }
}

const MIME_TYPES: Partial<Record<PackageFormat, RegExp>> = {
  odt: /opendocument\.text/,
  ods: /opendocument\.spreadsheet/,
  odp: /opendocument\.presentation/,
  epub: /^application\/epub\+zip\s*$/,
}

async function checkMimeType(zip: ZipPackage, format: PackageFormat): Promise<void> {
  const entry = zip.entry('mimetype')
  if (!entry) throw wrong(`this is no .${format}: the package does not say what it is (mimetype)`)
  const type = await zip.text(entry, 1000)
  if (!present(MIME_TYPES[format]).test(type))
    throw wrong(`this is no .${format}: it says that it is ${type.slice(0, 100)}`)
}

/** @throws GlassformerError ERR_INPUT where a part with texts is encrypted */
async function checkPlain(
  zip: ZipPackage,
  format: PackageFormat,
  kinds: ReadonlyMap<PackageEntry, PartKind>,
): Promise<void> {
  const list = zip.entry(format === 'epub' ? 'META-INF/encryption.xml' : 'META-INF/manifest.xml')
  if (!list) return
  const text = await zip.text(list, LARGEST_LIST)
  const isEncrypted =
    format === 'epub'
      ? [...kinds.keys()].some(({ name }) => text.includes(`"${encodeURI(name)}"`))
      : text.includes('encryption-data')
  if (isEncrypted) throw wrong('the document is encrypted: save it without a password')
}

/** The text of a file, part by part. @throws GlassformerError ERR_INPUT where it is not UTF-8 */
export async function* textsOf(zip: ZipPackage, entry: PackageEntry): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decoded = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch (cause) {
      throw new GlassformerError('ERR_INPUT', `${entry.name} is not UTF-8`, { cause })
    }
  }
  for await (const part of zip.textParts(entry)) yield decoded(part)
  yield decoded()
}
