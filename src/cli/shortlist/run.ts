import { statSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import { counted, sizeText } from '../../base/values/number-text.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { SHORTLIST_FILE } from '../../files/folders/layout/shortlist-file.ts'
import { writeShortlist } from '../../files/folders/layout/shortlist-writer.ts'
import { loadFolder } from '../../files/folders/load.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { takesTexts } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { CleanPairs } from '../../learn/train/pairs/cleaning.ts'
import { openCorpus } from '../../learn/train/pairs/corpus.ts'
import { learnShortlist } from '../../learn/train/shortlist/ibm1.ts'
import { corpusOf } from '../flags/corpus-options.ts'
import { isBilingual, withLanguagesOf } from '../flags/model-languages.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { bleuOf, scoreText } from '../lines/test-bleu.ts'
import { type Lines, readTable, type TableRow } from '../lines/test-set.ts'
import { checkTakesTexts } from '../lines/text-translator.ts'
import { PassLine } from '../terminal/pass-line.ts'
import { duration, isProgressShown, passedOver } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'
import { type ShortlistCommandOptions, shortlistSettings } from './options.ts'

/** `glassformer shortlist`: reads the test files first, and writes nothing before the table is complete. */
export async function makeShortlist(named: string, given: ShortlistCommandOptions): Promise<void> {
  const options = isBilingual(given, ...(given.test ?? [])) ? withLanguagesOf(named, given) : given
  const { progress, test = [], json } = options
  const { iterations, ...most } = read(shortlistSettings, givenBy(shortlistSettings, options), inOptions)
  const spec = corpusOf(options)
  if (!spec)
    throw new GlassformerError(
      'ERR_OPTION',
      'nothing to learn from: give --tsv, --source and --target, --jsonl, --tmx, --xliff or --po',
    )
  const tables: Lines<TableRow>[] = []
  for (const path of test) tables.push(await readTable(path, options))
  const folder = modelFolder(named)
  const model = loadFolder(folder)
  checkTakesTexts(model.path, takesTexts(model.tokenizer))
  const tokenizer = present(createTokenizer(model.tokenizer))
  const corpus = openCorpus(spec)
  const pairs = new CleanPairs(corpus)
  const line = new PassLine(await RedrawnLine.open(), iterations)
  const reached = isProgressShown(progress) ? line.reached.bind(line) : undefined
  const shortlist = await learnShortlist(pairs, tokenizer, model.config, { ...most, iterations, reached })
    // Restores the terminal on success and failure.
    .finally(() => line.end())
  writeShortlist(folder, shortlist)
  if (corpus.report.malformed) process.stderr.write(`${passedOver(corpus.report)}\n`)
  const path = join(folder, SHORTLIST_FILE)
  const made: Made = {
    path,
    always: shortlist.frequent.length,
    ofEach: shortlist.targets.length / model.config.sourceVocabulary,
    bytes: statSync(path).size,
    pairs: pairs.report.kept,
    seconds: line.seconds,
  }
  if (!json) console.log(madeLine(made))
  const tests: TestScores[] = []
  for (const table of tables) {
    const scores = await scoresOf(table, folder, options)
    tests.push(scores)
    if (!json)
      console.log(
        `${table.path}: ${scoreText('BLEU', { 'without the table': scores.without, 'with it': scores.with })}`,
      )
  }
  if (json) console.log(JSON.stringify({ ...made, tests }))
}

/** A table that has been written. */
interface Made {
  path: string
  /** The number of target tokens that every list has. */
  always: number
  /** The mean number of target tokens of each source token. */
  ofEach: number
  bytes: number
  /** The number of pairs from which the table was learned. */
  pairs: number
  seconds: number
}

const madeLine = ({ path, always, ofEach, bytes, pairs, seconds }: Made) =>
  `${path}: ${counted(always, 'token')} always, ${ofEach.toFixed(1)} of each source token; ${sizeText(bytes)},` +
  ` from ${counted(pairs, 'pair')} in ${duration(seconds)}`

/** BLEU without the table and with it. */
interface TestScores {
  test: string
  without: number
  with: number
  difference: number
}

async function scoresOf(table: Lines<TableRow>, model: string, options: ShortlistCommandOptions): Promise<TestScores> {
  const { beams, backend, threads, workers, progress } = options
  const translating = { model, beams, backend, threads, workers, progress }
  const without = await bleuOf(table, translating)
  const withIt = await bleuOf(table, { ...translating, shortlist: true })
  return { test: table.path, without, with: withIt, difference: withIt - without }
}
