import { GlassformerError } from '../../../base/errors.ts'
import type { RandomAccess } from '../../../formats/disk/folder.ts'
import { type PackageEntry, ZipPackage } from '../../../formats/zip/zip-package.ts'
import { type Sink, ZipWriter } from '../../../formats/zip/zip-writer.ts'
import type { PackageFormat } from '../../../language/markup/document/formats.ts'
import type { SaidLanguages } from '../../../language/markup/document/said-languages.ts'
import { fragmentsOf } from '../../../language/markup/office/fragments.ts'
import { cutsOf, type Part } from '../../../language/markup/office/parts.ts'
import type { MarkedText, PlacedText } from '../../../language/protect/span.ts'
import type { OpenDocument } from '../parsing/read-document.ts'
import { partsOf, textsOf } from './package-parts.ts'

/** The translation of an office document or a book. */
export interface PackageWork {
  file: RandomAccess
  format: PackageFormat
  /** Whether the properties of the document are translated: its title, subject, description and keywords. */
  properties: boolean
  /** Whether the target language is written from right to left. */
  isTurned: boolean
  /** The languages of the translation, which the document then says. */
  languages?: SaidLanguages
  /** Whether attributes of a book's pages that readers see or hear are translated. Default: true. */
  attributes?: boolean
  /** Whether documents tell which of their texts formulas compare. */
  isReported?: boolean
  /** Takes the translated document. */
  sink: Sink
  /** Parses a fragment of a part. @throws GlassformerError ERR_INPUT */
  open(source: string, part: Part): Promise<OpenDocument>
  /** Translates the texts of a fragment; a text whose translation is null stays. `part` is the name of its part. */
  translate(texts: readonly MarkedText[], part: string): Promise<(PlacedText | null)[]>
}

/** Characters of fragments that are read and not yet written. */
const AHEAD = 1 << 17

/** A file of the package, whole, or a fragment of it. */
interface Task {
  entry: PackageEntry
  fragment: { source: string; part: Part } | null
}

/**
 * Translates a package part by part, so that its memory does not grow with the document: fragments of a part are
 * translated as they are unpacked, and packed again.
 * @throws GlassformerError ERR_INPUT for a damaged document, ERR_INPUT_TOO_LONG for one above the limits
 */
export async function translatePackage(work: PackageWork): Promise<void> {
  const { file, format, properties, isTurned, languages, attributes, isReported = false } = work
  const zip = await ZipPackage.open(file)
  const { kinds, ...found } = await partsOf(zip, format, isReported)
  async function* tasks(): AsyncGenerator<Task, void, undefined> {
    for (const entry of zip.entries) {
      const own = kinds.get(entry)
      const kind = own === 'properties' && !properties ? 'languages' : own
      if (!kind || (kind === 'languages' && !languages)) yield { entry, fragment: null }
      else
        for await (const source of fragmentsOf(textsOf(zip, entry), entry.name, cutsOf(kind)))
          yield { entry, fragment: { source, part: { kind, isTurned, languages, attributes, ...found } } }
    }
  }
  const translated = ahead(tasks(), {
    most: AHEAD,
    size: ({ fragment }) => fragment?.source.length ?? 1,
    work: ({ entry, fragment }) => (fragment ? written(fragment, entry, work) : Promise.resolve('')),
  })
  const writer = new ZipWriter(zip, work.sink)
  let next = await translated.next()
  async function* contents(entry: PackageEntry): AsyncGenerator<string, void, undefined> {
    for (; !next.done && next.value.item.entry === entry; next = await translated.next()) yield next.value.result
  }
  try {
    while (!next.done) {
      const { entry, fragment } = next.value.item
      if (fragment) await writer.add(entry, contents(entry))
      else {
        await writer.copy(entry)
        next = await translated.next()
      }
    }
    await writer.end()
  } finally {
    await translated.return(undefined)
  }
}

async function written(
  { source, part }: NonNullable<Task['fragment']>,
  { name }: PackageEntry,
  { open, translate }: PackageWork,
): Promise<string> {
  const document = await open(source, part).catch((error: unknown) => {
    throw error instanceof GlassformerError
      ? new GlassformerError(error.code, `${name}: ${error.message}`, { cause: error })
      : error
  })
  return document.translated(document.texts.length ? await translate(document.texts, name) : [])
}

/** Work on items of a sequence, some of them at once. */
interface Ahead<T, R> {
  /** The next item is taken while those under way are smaller than this together. */
  most: number
  size(item: T): number
  work(item: T): Promise<R>
}

/** Works on a bounded number of items at once, and yields the results in the order of the items. */
async function* ahead<T, R>(
  items: AsyncGenerator<T, void, undefined>,
  { most, size, work }: Ahead<T, R>,
): AsyncGenerator<{ item: T; result: R }, void, undefined> {
  const under: { item: T; result: Promise<R> }[] = []
  let [inFlight, isOver] = [0, false]
  try {
    for (;;) {
      while (!isOver && inFlight < most) {
        const { done, value } = await items.next()
        if (done) isOver = true
        else {
          const result = work(value)
          result.catch(() => {}) // whoever takes it sees the error
          under.push({ item: value, result })
          inFlight += size(value)
        }
      }
      const first = under.shift()
      if (!first) return
      yield { item: first.item, result: await first.result }
      inFlight -= size(first.item)
    }
  } finally {
    await items.return()
  }
}
