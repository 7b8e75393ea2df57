import { GlassformerError } from '../../base/errors.ts'
import { LARGEST_TEST_SET, MOST_TEST_LINES } from '../../base/limits.ts'
import { counted, whole } from '../../base/values/number-text.ts'
import { readLines } from '../../formats/disk/lines.ts'
import { openInput } from '../../formats/disk/read-input.ts'
import { type CorpusSpec, openCorpus } from '../../learn/train/pairs/corpus.ts'
import { type LanguageOptions, pairsNamed } from '../flags/corpus-options.ts'

/** A cell of the file for each sentence. */
export interface Lines<T> {
  path: string
  lines: T[]
}

export interface TableRow {
  source: string
  /** The references; at least one. */
  references: string[]
}

/**
 * The lines of a UTF-8 text file, packed by gzip or not. Lines end with \n or \r\n, the last one also without.
 * @throws GlassformerError ERR_FILE, and ERR_INPUT where the file is empty, too large for a test set, or not text
 * (`readLines`)
 */
export async function readSentences(path: string): Promise<Lines<string>> {
  const lines: string[] = []
  let bytes = 0
  for await (const some of readLines(path, openInput))
    for (const line of some) {
      bytes += Buffer.byteLength(line) + 1
      if (lines.length === MOST_TEST_LINES || bytes > LARGEST_TEST_SET) throw tooLarge(path)
      lines.push(line)
    }
  if (lines.length === 0) throw new GlassformerError('ERR_INPUT', `${path} is empty: there is no sentence to score`)
  return { path, lines }
}

const tooLarge = (path: string) =>
  new GlassformerError(
    'ERR_INPUT',
    `${path}: it has more than ${counted(MOST_TEST_LINES, 'line')} or ${whole(LARGEST_TEST_SET)} bytes, the most that a file to be ` +
      'scored may have (unpacked): score parts of it',
  )

/**
 * Reads a table: source, tab, reference, and further references after further tabs. Empty cells are missing references.
 * Where the name of the file ends so, it is TMX, XLIFF, .po or JSON lines, with a reference for each source.
 */
export async function readTable(path: string, languages: LanguageOptions = {}): Promise<Lines<TableRow>> {
  const spec = pairsNamed(path, languages)
  if (spec.format !== 'tsv') return readPairs(path, spec)
  const { lines } = await readSentences(path)
  const rows = lines.map((line, i) => {
    const [source, ...cells] = line.split('\t')
    const references = cells.filter((cell) => cell !== '')
    if (references.length) return { source, references }
    throw new GlassformerError(
      'ERR_INPUT',
      `${path}: line ${i + 1} has no reference: a row must be a source, a tab and a reference`,
    )
  })
  return { path, lines: rows }
}

/** Pairs as they are in the file, without cleaning. */
async function readPairs(path: string, spec: CorpusSpec): Promise<Lines<TableRow>> {
  const lines: TableRow[] = []
  for await (const { source, target } of openCorpus(spec)) {
    if (lines.length === MOST_TEST_LINES) throw tooLarge(path)
    lines.push({ source: oneLine(source), references: [oneLine(target)] })
  }
  return { path, lines }
}

/** Texts of translators may have several lines, and lines are what is scored. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

/** Reads the references of each sentence. Each line of a text file is a reference, even an empty line. */
export async function readReferences(path: string): Promise<Lines<string[]>> {
  if (/\.tsv(\.gz)?$/i.test(path))
    return { path, lines: (await readTable(path)).lines.map(({ references }) => references) }
  return { path, lines: (await readSentences(path)).lines.map((line) => [line]) }
}

/** @throws GlassformerError ERR_INPUT where two files differ in their number of lines */
export function checkLengths([first, ...others]: readonly Lines<unknown>[]): void {
  for (const { path, lines } of others)
    if (lines.length !== first.lines.length)
      throw new GlassformerError(
        'ERR_INPUT',
        `${first.path} has ${counted(first.lines.length, 'line')}, but ${path} has ${counted(lines.length, 'line')}: line n of every file must be about the same sentence`,
      )
}
