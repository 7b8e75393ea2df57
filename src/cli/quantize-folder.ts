import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { GlassformerError } from '../errors.ts'
import { corpusBleu } from '../evaluate/bleu.ts'
import { convertFolder } from '../folders/convert.ts'
import { loadFolder } from '../folders/load.ts'
import { type QuantizeCommandOptions, storedDtypes } from './quantize.ts'
import { type Lines, readTable, type TableRow } from './test-set.ts'
import { translateAll } from './translate-all.ts'

/** `glassformer quantize`: test files are read before anything is written, and both models are measured after. */
export async function quantizeFolder(model: string, command: QuantizeCommandOptions): Promise<void> {
  const { to, output, force, test = [], json, ...options } = command
  const tables = test.map(readTable)
  if (!force && existsSync(join(output, 'config.json')))
    throw new GlassformerError(
      'ERR_OPTION',
      `${output} holds a model already: give another folder, or --force to write over it`,
    )
  convertFolder(model, output, storedDtypes[to])
  const sizes = { before: sizeOf(model), after: sizeOf(output) }
  if (!json) {
    console.log(sizeLine(sizes.before))
    console.log(`${sizeLine(sizes.after)}, ${percent(sizes.after.bytes / sizes.before.bytes)}`)
  }
  const tests: TestScores[] = []
  for (const table of tables) {
    const scores = {
      test: table.path,
      before: await bleu(table, { ...options, model }),
      after: await bleu(table, { ...options, model: output }),
    }
    tests.push({ ...scores, difference: scores.after - scores.before })
    if (!json) console.log(scoreLine(tests.at(-1)!))
  }
  if (json) console.log(JSON.stringify({ ...sizes, tests }))
}

interface Size {
  folder: string
  storedAs: string
  /** Of all weights. */
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

async function bleu({ lines }: Lines<TableRow>, options: Parameters<typeof translateAll>[1]): Promise<number> {
  const { hypotheses } = await translateAll(
    lines.map(({ source }) => source),
    options,
  )
  return corpusBleu(
    hypotheses,
    lines.map(({ references }) => references),
  ).score
}

const sizeLine = ({ folder, storedAs, bytes }: Size) => `${folder}: ${storedAs}, ${(bytes / 1e6).toFixed(1)} MB`
const percent = (share: number) => `${(100 * share).toFixed(0)} % of it`

function scoreLine({ test, before, after, difference }: TestScores): string {
  const change = `${difference < 0 ? '' : '+'}${difference.toFixed(2)}`
  return `${test}: BLEU ${before.toFixed(2)} before, ${after.toFixed(2)} after: ${change}`
}
