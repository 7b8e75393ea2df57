import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ZipPackage } from '#dist/formats/zip/zip-package.js'
import { parseDocument } from '#dist/language/markup/parse.js'
import { type PackageWork, translatePackage } from '#dist/use/translate/documents/translate-package.js'
import { opened } from '#dist/use/translate/parsing/index.js'
import { changed } from '../../../language/markup/fake-translator.ts'

/** Documents that LibreOffice 7.4 and pandoc 2.17 have written. */
export const documents = [
  'rapport.docx',
  'rapport.odt',
  'prix.xlsx',
  'prix.ods',
  'visite.pptx',
  'visite.odp',
  'livre.epub',
]

export const documentBytes = (name: string): Buffer =>
  readFileSync(join(import.meta.dirname, '../../../golden/documents', name))

export const formatOf = (name: string) => name.split('.').pop() as PackageWork['format']

const inMemory = (bytes: Uint8Array): PackageWork['file'] => ({
  path: 'a document',
  size: bytes.length,
  read: ({ buffer, byteOffset, byteLength }, position) =>
    new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(position, position + byteLength)),
})

/** Translates a document by a function from words to words. */
export async function translated(
  bytes: Uint8Array,
  format: PackageWork['format'],
  change: (words: string) => string = (words) => words.toUpperCase(),
  options: { properties?: boolean; isTurned?: boolean; languages?: PackageWork['languages'] } = {},
): Promise<Buffer> {
  const parts: Uint8Array[] = []
  const { properties = false, isTurned = false, languages } = options
  await translatePackage({
    file: inMemory(bytes),
    format,
    properties,
    isTurned,
    languages,
    sink: (part) => void parts.push(Uint8Array.from(part)),
    async open(source, part) {
      const document = await parseDocument(source, { format: 'xml', retranslate: false, part })
      return opened(document)
    },
    translate: async (texts) => texts.map(({ text, spans }) => changed(text, spans, change)),
  })
  return Buffer.concat(parts)
}

/** The texts of all files of a package. */
export async function filesOf(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const zip = await ZipPackage.open(inMemory(bytes))
  const files = new Map<string, Buffer>()
  for (const entry of zip.entries) {
    const parts: Uint8Array[] = []
    for await (const part of zip.parts(entry)) parts.push(part)
    files.set(entry.name, Buffer.concat(parts))
  }
  return files
}
