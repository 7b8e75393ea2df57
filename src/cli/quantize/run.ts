import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { sizeText } from '../../base/values/number-text.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import { quantizeInt4 } from '../../engine/weights/int4.ts'
import { calibratedInt4 } from '../../engine/weights/int4-calibration.ts'
import { convertingFolder } from '../../files/folders/convert.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { loadFolder, readFolder } from '../../files/folders/load.ts'
import { packedFileOf, type WhenMapped } from '../../files/folders/packed/packed-cache.ts'
import type { Int4Rounding } from '../../files/folders/tensors/quantized.ts'
import type { StoredDtype, storedSettings } from '../../files/folders/tensors/stored-dtype.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { takesTexts } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { InputProducts } from '../../learn/train/step/input-products.ts'
import { isBilingual, withLanguagesOf } from '../flags/model-languages.ts'
import type { Flagged } from '../flags/schema-flags.ts'
import type { TestOptions } from '../flags/test-options.ts'
import { type Scores, scoresOf, scoreText } from '../lines/test-bleu.ts'
import { type Lines, readTable, type TableRow } from '../lines/test-set.ts'
import { checkTakesTexts } from '../lines/text-translator.ts'
import { openProgress } from '../terminal/progress.ts'
import { finished } from '../terminal/steps.ts'

/** Pairs that one run of the program reads. */
const TOGETHER = 16

/** Longer sources and targets are left out. */
const LONGEST = 256

/**
 * How matrices of a model are rounded to int4, by the inputs that they have while the model reads the pairs of a table with the first reference of
 * each. @throws GlassformerError ERR_INPUT where no pair can be read
 */
async function calibratedRounding(
  model: string,
  { path, lines }: Lines<TableRow>,
  {
    backend = 'auto',
    progress: asked,
  }: { backend?: Parameters<typeof createPlayer>[0]['backend']; progress?: boolean },
): Promise<Int4Rounding> {
  const player = createPlayer({ backend, threads: 2 })
  try {
    const { weights, tokenizer: files } = loadFolder(model, { precision: 'float32', packing: player.packing })
    const tokenizer = present(createTokenizer(files))
    const pairs = lines
      .map(({ source, references }) => ({
        source: tokenizer.encode(source),
        target: tokenizer.encodeTarget(references[0]),
      }))
      .filter(({ source, target }) => Math.max(source.length, target.length) <= LONGEST)
    if (!pairs.length) throw new GlassformerError('ERR_INPUT', `${path} has no pair of at most ${LONGEST} tokens`)
    const products = new InputProducts(player, weights)
    const progress = await openProgress(asked, pairs.length, 'sentence')
    for (let i = 0; i < pairs.length; i += TOGETHER) {
      const some = pairs.slice(i, i + TOGETHER)
      products.add(some)
      progress.reached(i + some.length, i + some.length)
      await new Promise(setImmediate)
    }
    progress.end()
    return (parameter, values, rows) => {
      const inputs = products.of(parameter)
      return inputs ? calibratedInt4(values, rows, inputs) : quantizeInt4(values, rows)
    }
  } finally {
    player.close()
  }
}

/** `glassformer quantize`: reads the test files before it writes anything, and scores both models afterwards. */
export async function quantizeFolder(named: string, command: QuantizeCommandOptions): Promise<void> {
  const { to, output, force, test = [], calibrate, json, mapped = 'auto', ...options } = command
  const model = modelFolder(named)
  const tables: Lines<TableRow>[] = []
  const paths = calibrate === undefined ? test : [...test, calibrate]
  const languages = isBilingual({}, ...paths) ? withLanguagesOf(named, command) : command
  for (const path of test) tables.push(await readTable(path, languages))
  const calibration = calibrate === undefined ? null : await readTable(calibrate, languages)
  if (!force && hasFile(join(output, 'config.json')))
    throw new GlassformerError(
      'ERR_OPTION',
      `${output} holds a model already: give another folder, or --force to write over it`,
    )
  if (tables.length || calibration) checkTakesTexts(model, takesTexts(readFolder(model).tokenizer))
  const rounding = calibration ? await calibratedRounding(model, calibration, options) : undefined
  await finished(convertingFolder(model, output, to, { rounding }))
  const sizes = { before: { ...sizeOf(model), folder: named }, after: sizeOf(output) }
  const packed = packedIn(output, mapped)
  if (!json) {
    console.log(sizeLine(sizes.before))
    console.log(`${sizeLine(sizes.after)}, ${percent(sizes.after.bytes / sizes.before.bytes)}`)
    if (packed !== null) console.log(`packed weights, which processes share: ${packed}`)
  }
  const tests: TestScores[] = []
  for (const table of tables) {
    const before = await scoresOf(table, { ...options, model })
    const after = await scoresOf(table, { ...options, model: output })
    tests.push({ test: table.path, ...compared(before, after, 'bleu'), chrf: compared(before, after, 'chrf') })
    if (!json) console.log(testLine(table.path, before, after))
  }
  if (json) console.log(JSON.stringify({ ...sizes, packed, tests }))
}

/** The file of the packed weights of a folder, made as a translator would make it; null where none is kept. */
function packedIn(folder: string, mapped: WhenMapped): string | null {
  const player = createPlayer({ backend: 'auto', threads: 1 })
  try {
    return packedFileOf(folder, player, mapped)
  } finally {
    player.close()
  }
}

interface Size {
  folder: string
  storedAs: StoredDtype
  /** The bytes of all weights. */
  bytes: number
}

interface Compared {
  before: number
  after: number
  difference: number
}

/** BLEU, and chrF beside it. */
interface TestScores extends Compared {
  test: string
  chrf: Compared
}

const compared = (before: Scores, after: Scores, score: keyof Scores): Compared => ({
  before: before[score],
  after: after[score],
  difference: after[score] - before[score],
})

const testLine = (test: string, before: Scores, after: Scores) =>
  `${test}: ${scoreText('BLEU', { before: before.bleu, after: after.bleu })}; ${scoreText('chrF', { before: before.chrf, after: after.chrf })}`

function sizeOf(folder: string): Size {
  const { storedAs, bytes } = loadFolder(folder)
  return { folder, storedAs, bytes }
}

const sizeLine = ({ folder, storedAs, bytes }: Size) => `${folder}: ${storedAs}, ${sizeText(bytes)}`
const percent = (share: number) => `${(100 * share).toFixed(0)} % of it`

/** The arguments and flags of `glassformer quantize`. */
export interface QuantizeCommandOptions extends TestOptions, Required<Flagged<typeof storedSettings>> {
  output: string
  calibrate?: string
  force?: true
  json?: true
  /** Whether the new model's packed weights are written into the cache. */
  mapped?: WhenMapped
}
