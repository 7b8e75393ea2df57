/**
 * How many target tokens a second does a translator give, and how long does a request take, when many requests are open at once? It
 * measures one worker on one thread and on all cores, a worker for each core, and the choice of the translator itself.
 *
 *     node bench/dist/scripts/load.js [--only MODEL…] [--precision NAME…] [--open N…] [--seconds N]
 *
 * Each request is one sentence of 8 to 32 tokens, whose translation is made as long; when it is there, the next one is sent.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { embeddedFolder } from '#dist/files/folders/layout/model-folder.js'
import type { LoadOptions } from '#dist/use/translate/options/options.js'
import { Translator } from '#dist/use/translate/translator.js'
import { median } from '../harness/interleave.ts'
import { describeMachine, loadText } from '../harness/machine.ts'
import { type ModelName, usualModels } from '../harness/model-names.ts'
import { modelMakers, type Precision, precisions, randomSources, writeModel } from '../harness/models.ts'
import { natural, positive } from '../harness/number-options.ts'
import { digits } from '../harness/table.ts'

const cores = availableParallelism()
const settings: Record<string, LoadOptions> = {
  '1 worker': { workers: 1, threads: 1 },
  [`1 worker ×${cores}`]: { workers: 1, threads: cores },
  [`${cores} workers`]: { workers: cores, threads: 1 },
  chosen: {},
}
/** The number of turns of every setting. */
const ROUNDS = 5

interface Measured {
  tokensPerSecond: number
  /** The median milliseconds of a request. */
  waiting: number
}

/** Keeps `open` requests open for `seconds` seconds. */
async function load(translator: Translator, sources: readonly number[][], open: number, seconds: number) {
  const waits: number[] = []
  let tokens = 0
  let next = 0
  const began = performance.now()
  const end = began + 1000 * seconds
  const client = async () => {
    while (performance.now() < end) {
      const source = sources[next++ % sources.length]
      const sent = performance.now()
      const options = { beams: 1, minTokens: source.length - 1, maxTokens: source.length, loops: 'keep' } as const
      const { ids } = await translator.translate(source, options)
      tokens += ids.length
      waits.push(performance.now() - sent)
    }
  }
  await Promise.all(Array.from({ length: open }, client))
  return { tokensPerSecond: tokens / ((performance.now() - began) / 1000), waiting: median(waits) }
}

/** Measures all settings in turn, back and forth; returns the medians of their turns. */
async function measure(
  translators: ReadonlyMap<string, Translator>,
  sources: number[][],
  open: number,
  seconds: number,
) {
  const turns = new Map<string, Measured[]>([...translators.keys()].map((name) => [name, []]))
  const order = [...translators]
  for (const [, translator] of order) await load(translator, sources, open, 0.1)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, translator] of order)
      turns.get(name)!.push(await load(translator, sources, open, seconds / ROUNDS))
    order.reverse()
  }
  const of = (name: string, key: keyof Measured) => median(turns.get(name)!.map((turn) => turn[key]))
  return [...turns.keys()].map((name) => ({
    tokensPerSecond: of(name, 'tokensPerSecond'),
    waiting: of(name, 'waiting'),
  }))
}

const naturals = (text: string, before: number[] = []) => [...before, natural(text)]
const command = new Command('load')
  .addOption(new Option('--only <model...>', 'only these').choices(usualModels).default(usualModels))
  .addOption(new Option('--precision <name...>', 'how they are held').choices(precisions).default(['int8', 'float32']))
  .addOption(new Option('--open <n...>', 'requests at a time').argParser(naturals))
  .addOption(new Option('--seconds <n>', 'of each cell').argParser(positive).default(1))
const { only, precision, open, seconds } = command.parse().opts<{
  only: ModelName[]
  precision: Precision[]
  open?: number[]
  seconds: number
}>()

const { cpu, node, commit } = describeMachine()
console.log(`Glassformer load · commit ${commit}\n${cpu}, ${cores} cores · Node ${node} · ${loadText()} at the start`)
console.log('tokens/s, and milliseconds of a request')
const scratch = mkdtempSync(join(tmpdir(), 'glassformer-load-'))
try {
  for (const name of only) {
    const model = modelMakers[name]()
    const { config } = model.weights
    const folder = name === 'fr-en' ? embeddedFolder() : join(scratch, name)
    if (folder !== embeddedFolder()) writeModel(folder, model)
    const sources = [20, 8, 32, 14, 26].flatMap((length) => randomSources(1, length, config))
    for (const held of precision) {
      const translators = new Map<string, Translator>()
      for (const [called, setting] of Object.entries(settings))
        translators.set(called, await Translator.load(folder, { ...setting, precision: held }))
      console.log(
        [`${name} ${held}`.padEnd(22), ...[...translators.keys()].map((setting) => setting.padStart(20))].join(''),
      )
      for (const count of open ?? [1, 2, 4, 8, 32, 200]) {
        const row = await measure(translators, sources, count, seconds)
        const cell = ({ tokensPerSecond, waiting }: Measured) =>
          `${digits(tokensPerSecond)}, ${digits(waiting)} ms`.padStart(20)
        console.log([`${count} open`.padEnd(22), ...row.map(cell)].join(''))
      }
      for (const translator of translators.values()) await translator.close()
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
