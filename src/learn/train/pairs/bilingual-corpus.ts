import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_DOCUMENT } from '../../../base/limits.ts'
import { counted } from '../../../base/values/number-text.ts'
import { tooLarge } from '../../../formats/disk/file-limit.ts'
import { fileError, openFile } from '../../../formats/disk/read-file.ts'
import { decodedText } from '../../../formats/disk/text-encoding.ts'
import { unpackedChunks } from '../../../formats/disk/unpacked-chunks.ts'
import type { BilingualUnit, PairLanguages } from '../../../language/markup/bilingual/bilingual.ts'
import type { Corpus, CorpusReport, Pair } from './pair.ts'

/** Files of translators, which have texts beside their translations. */
export type BilingualSpec =
  /** A translation memory, of which the units in both languages are taken. */
  | { format: 'tmx'; path: string; sourceLanguage: string; targetLanguage: string }
  /** XLIFF, or gettext's .po. Without languages, sources are the file's sources. */
  | { format: 'xliff' | 'po'; path: string; sourceLanguage?: string; targetLanguage?: string }

const REPORTED = 10

const ADVICE = 'are these the languages of the file, and is it translated?'

/**
 * The units of a file of translators. TMX is read in parts; XLIFF and .po as a whole. Every `for await` reads the file again.
 * Iterating throws ERR_FILE for a file that is missing or damaged, and ERR_INPUT for one that is not of its format, or holds no pair.
 */
export class BilingualCorpus implements Corpus {
  readonly #spec: BilingualSpec
  report = emptyReport()

  constructor(spec: BilingualSpec) {
    this.#spec = spec
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Pair, void, undefined> {
    const { path, format } = this.#spec
    const report = { ...emptyReport(), isNumbered: format === 'tmx' }
    this.report = report
    try {
      for await (const { line, pair } of unitsOf(this.#spec)) {
        report.lines++
        if (typeof pair === 'string') {
          report.malformed++
          if (report.firstMalformed.length < REPORTED) report.firstMalformed.push({ line, why: pair })
        } else {
          report.pairs++
          yield pair
        }
      }
    } catch (cause) {
      throw inPath(path, cause)
    }
    if (report.pairs) return
    const [first] = report.firstMalformed
    const why = first ? `: ${format === 'tmx' ? 'unit' : 'line'} ${first.line} ${first.why}; ${ADVICE}` : ''
    throw new GlassformerError('ERR_INPUT', `${path} has no pair in ${counted(report.lines, 'unit')}${why}`)
  }
}

const emptyReport = (): CorpusReport => ({ lines: 0, pairs: 0, malformed: 0, firstMalformed: [], unit: 'unit' })

/** An error about the text of a file, with the path in front. */
function inPath(path: string, cause: unknown): unknown {
  const { code } = cause as { code?: unknown }
  if (typeof code === 'string' && code.startsWith('Z_'))
    return new GlassformerError('ERR_FILE', `${path}: the gzip file is damaged or cut off; fetch or write it again`, {
      cause,
    })
  if (!(cause instanceof GlassformerError)) return fileError('read', path, cause)
  return cause.message.includes(path) ? cause : new GlassformerError(cause.code, `${path}: ${cause.message}`, { cause })
}

async function* unitsOf(spec: BilingualSpec): AsyncGenerator<BilingualUnit, void, undefined> {
  if (spec.format === 'tmx') return yield* tmxUnits(spec)
  const languages: PairLanguages = { source: spec.sourceLanguage, target: spec.targetLanguage }
  const { text } = decodedText(await wholeOf(spec.path))
  const plain = text.replace(/^\ufeff/, '')
  if (spec.format === 'xliff')
    yield* (await import('../../../language/markup/bilingual/xliff-pairs.ts')).xliffPairs(plain, languages)
  else yield* (await import('../../../language/markup/bilingual/po-pairs.ts')).poPairs(plain, languages)
}

async function wholeOf(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of unpackedChunks(path, openFile)) {
    bytes += chunk.length
    if (bytes > LARGEST_DOCUMENT)
      throw tooLarge(path, { what: 'a document', most: LARGEST_DOCUMENT, code: 'ERR_INPUT' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The units of TMX by their numbers. */
async function* tmxUnits({
  path,
  sourceLanguage: source,
  targetLanguage: target,
}: BilingualSpec & { format: 'tmx' }): AsyncGenerator<BilingualUnit, void, undefined> {
  const { TmxReader, tmxDecoder } = await import('../../../language/memory/tmx.ts')
  let found: BilingualUnit[] = []
  let number = 0
  const reader = new TmxReader(
    { source, target },
    ({ source, target }) => found.push({ line: ++number, pair: { source, target } }),
    (language) => found.push({ line: ++number, pair: `has no text in ${language}` }),
  )
  const decode = tmxDecoder()
  for await (const chunk of unpackedChunks(path, openFile)) {
    reader.write(decode(chunk))
    yield* found
    found = []
  }
  reader.write(decode())
  reader.end()
  yield* found
}
