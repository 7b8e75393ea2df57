import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { sizeText } from '../../base/number-text.ts'
import { convertingFolder } from '../../files/folders/convert.ts'
import { loadFolder, readFolder } from '../../files/folders/load.ts'
import { modelFolder } from '../../files/folders/model-folder.ts'
import type { StoredDtype } from '../../files/folders/stored-dtype.ts'
import { takesTexts } from '../../files/folders/tokenizer-files.ts'
import { hasFile } from '../../files/formats/disk/read-file.ts'
import { isBilingual, withLanguagesOf } from '../flags/model-languages.ts'
import { bleuOf, scoreLine } from '../lines/test-bleu.ts'
import { type Lines, readTable, type TableRow } from '../lines/test-set.ts'
import { checkTakesTexts } from '../lines/text-translator.ts'
import { finished } from '../terminal/steps.ts'
import type { QuantizeCommandOptions } from './options.ts'

/** `glassformer quantize`: reads the test files before it writes anything, and scores both models afterwards. */
export async function quantizeFolder(named: string, command: QuantizeCommandOptions): Promise<void> {
  const { to, output, force, test = [], json, ...options } = command
  const model = modelFolder(named)
  const tables: Lines<TableRow>[] = []
  const languages = isBilingual({}, ...test) ? withLanguagesOf(named, command) : command
  for (const path of test) tables.push(await readTable(path, languages))
  if (!force && hasFile(join(output, 'config.json')))
    throw new GlassformerError(
      'ERR_OPTION',
      `${output} holds a model already: give another folder, or --force to write over it`,
    )
  if (tables.length) checkTakesTexts(model, takesTexts(readFolder(model).tokenizer))
  await finished(convertingFolder(model, output, to))
  const sizes = { before: { ...sizeOf(model), folder: named }, after: sizeOf(output) }
  if (!json) {
    console.log(sizeLine(sizes.before))
    console.log(`${sizeLine(sizes.after)}, ${percent(sizes.after.bytes / sizes.before.bytes)}`)
  }
  const tests: TestScores[] = []
  for (const table of tables) {
    const before = await bleuOf(table, { ...options, model })
    const after = await bleuOf(table, { ...options, model: output })
    tests.push({ test: table.path, before, after, difference: after - before })
    if (!json) console.log(scoreLine(table.path, { before, after }))
  }
  if (json) console.log(JSON.stringify({ ...sizes, tests }))
}

interface Size {
  folder: string
  storedAs: StoredDtype
  /** The bytes of all weights. */
  bytes: number
}

interface TestScores {
  test: string
  before: number
  after: number
  difference: number
}

function sizeOf(folder: string): Size {
  const { storedAs, bytes } = loadFolder(folder)
  return { folder, storedAs, bytes }
}

const sizeLine = ({ folder, storedAs, bytes }: Size) => `${folder}: ${storedAs}, ${sizeText(bytes)}`
const percent = (share: number) => `${(100 * share).toFixed(0)} % of it`
