import { extname } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import { decodedText } from '../../formats/disk/text-encoding.ts'
import type { PairLanguages, UnitToCheck } from '../../language/markup/bilingual/bilingual.ts'
import type { MarkedText } from '../../language/protect/span.ts'
import { documentTexts } from '../../use/align/index.ts'
import { bytesOfFile, fromDocumentFile } from '../lines/document-file.ts'

/** A unit of a file that is checked. */
export interface CheckedUnit extends UnitToCheck {
  /** The line, or the number of the unit or the text, from 1 on. */
  at: number
}

/** Formats of files that have texts beside their translations, by their extensions. */
const READERS: Readonly<Record<string, (bytes: Uint8Array, asked: PairLanguages) => Promise<CheckedUnit[]>>> = {
  '.xlf': xliffUnits,
  '.xliff': xliffUnits,
  '.po': poUnits,
  '.tmx': tmxUnits,
  '.tsv': async (bytes, asked) => tsvUnits(bytes, asked),
}

const readerOf = (path: string) => READERS[extname(path).toLowerCase()]

/** The things that the numbers of a file's units count. */
export const countedIn = (path: string): string =>
  !readerOf(path) ? 'text' : extname(path).toLowerCase() === '.tmx' ? 'unit' : 'line'

/**
 * The units of some files: each with both languages, or two documents of which the second is the translation of the first.
 * @throws GlassformerError ERR_OPTION for other files
 */
export async function* unitsOfFiles(
  files: readonly string[],
  asked: PairLanguages,
): AsyncGenerator<{ name: string; read(): Promise<CheckedUnit[]> }, void, undefined> {
  const [first, second] = files
  if (files.length === 2 && !readerOf(first) && !readerOf(second)) {
    yield { name: second, read: () => documentUnits(first, second, asked) }
    return
  }
  const other = files.find((file) => !readerOf(file))
  if (other !== undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `${other} has no translations beside its texts: give files ${Object.keys(READERS).join(', ')}, or a document and its translation`,
    )
  for (const name of files) yield { name, read: () => readerOf(name)(bytesOfFile(name), asked) }
}

const textOf = (bytes: Uint8Array, isDeclared = false) =>
  decodedText(bytes, isDeclared ? 'declared' : 'none').text.replace(/^\ufeff/, '')

async function xliffUnits(bytes: Uint8Array, asked: PairLanguages): Promise<CheckedUnit[]> {
  const { xliffPairs } = await import('../../language/markup/bilingual/xliff-pairs.ts')
  return [...xliffPairs(textOf(bytes, true), {})].flatMap(({ line, checked }) => withLanguages(checked, line, asked))
}

async function poUnits(bytes: Uint8Array, asked: PairLanguages): Promise<CheckedUnit[]> {
  const { poPairs } = await import('../../language/markup/bilingual/po-pairs.ts')
  return [...poPairs(textOf(bytes), {})].flatMap(({ line, checked }) => withLanguages(checked, line, asked))
}

const withLanguages = (checked: UnitToCheck | undefined, at: number, asked: PairLanguages): CheckedUnit[] =>
  checked ? [{ ...checked, at, languages: { ...checked.languages, ...asked } }] : []

async function tmxUnits(bytes: Uint8Array, asked: PairLanguages): Promise<CheckedUnit[]> {
  const { TmxReader, tmxDecoder } = await import('../../language/memory/tmx.ts')
  const decode = tmxDecoder()
  const text = decode(bytes) + decode()
  const languages = { ...languagesOf(text), ...asked }
  const { source, target } = languages
  if (source === undefined || target === undefined)
    throw new GlassformerError('ERR_OPTION', 'TMX has texts in several languages: give --from and --to')
  const units: CheckedUnit[] = []
  let at = 0
  const names = (tags: readonly { id: string; kind: string }[] = []) =>
    tags.flatMap(({ id, kind }) => (kind === 'close' ? [] : `<${id.replace('pt ', 'bpt ').trim()}>`))
  const reader = new TmxReader(
    { source, target },
    (unit) =>
      units.push({
        source: unit.source,
        target: unit.target,
        languages,
        at: ++at,
        tags: { source: names(unit.tags?.source), target: names(unit.tags?.target) },
      }),
    (missing) => {
      at++
      if (missing === target) units.push({ source: `(${source})`, target: '', languages, at })
    },
  )
  reader.write(text)
  reader.end()
  return units
}

/** The languages of TMX, where it has two: that of the sources, which its head says, and the other one. */
function languagesOf(tmx: string): PairLanguages {
  const source = /<header\b[^>]*\ssrclang=["']([^"']+)/.exec(tmx)?.[1]
  const all = new Set(Array.from(tmx.matchAll(/<tuv\b[^>]*\s(?:xml:)?lang=["']([^"']+)/g), ([, code]) => code))
  if (source === undefined || all.size !== 2 || !all.has(source)) return {}
  return { source, target: [...all].find((code) => code !== source) }
}

function tsvUnits(bytes: Uint8Array, languages: PairLanguages): CheckedUnit[] {
  return textOf(bytes)
    .split(/\r\n|\n|\r/)
    .flatMap((line, i) => {
      const [source, target = ''] = line.split('\t')
      return line.trim() === '' ? [] : { source, target, languages, at: i + 1 }
    })
}

/** The paragraphs of a document and of its translation. */
async function documentUnits(source: string, target: string, languages: PairLanguages): Promise<CheckedUnit[]> {
  const [own, other] = [await fromDocumentFile(source, documentTexts), await fromDocumentFile(target, documentTexts)]
  if (own.length !== other.length)
    throw new GlassformerError(
      'ERR_INPUT',
      `${source} has ${counted(own.length, 'text')}, and ${target} ${other.length}: their paragraphs do not correspond. Make pairs of their sentences (glassformer align ${source} ${target} -o pairs.tsv), and check these`,
    )
  const tagsOf = ({ spans }: MarkedText) =>
    spans.flatMap(({ kind }) => (kind === 'open' ? ['around words'] : kind === 'mark' ? ['between words'] : []))
  return own.map((each, i) => ({
    source: each.text,
    target: other[i].text,
    languages,
    at: i + 1,
    tags: { source: tagsOf(each), target: tagsOf(other[i]) },
  }))
}
