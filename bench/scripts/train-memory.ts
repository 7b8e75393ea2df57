/**
 * How much memory does a training take, and does it grow with the corpus? `glassformer train` as a user runs it, over one epoch of
 * generated pairs, for corpora of several sizes.
 *
 *     node bench/dist/scripts/train-memory.js [--pairs N…] [--threads N]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { generatePairs } from '../harness/generated-pairs.ts'
import { median } from '../harness/interleave.ts'
import { describeMachine, loadText } from '../harness/machine.ts'
import { natural } from '../harness/number-options.ts'
import { residentBytes } from '../harness/resident.ts'
import { digits } from '../harness/table.ts'

const COMMAND = fileURLToPath(new URL('../../../dist/bundle/glassformer.js', import.meta.url))
const MIB = 2 ** 20

/** The resident memory of a process at some moment. */
interface Sample {
  seconds: number
  bytes: number
}

/** A part of a training, and the memory samples during it. */
interface Phase {
  name: string
  samples: Sample[]
}

const say = (text: string) => process.stdout.write(`${text}\n`)

/** A model so small that the corpus is most of the work. */
const settingsOf = (path: string) => ({
  data: { train: { path } },
  vocabulary: { size: 1000 },
  model: { dModel: 16, encoderLayers: 1, decoderLayers: 1, heads: 2, dFeedForward: 32 },
  training: { epochs: 1 },
  validation: { sentences: 20 },
})

/** Trains over the pairs once. The lines of the command tell its phase: before training, and each tenth of the steps. */
async function trained(settings: string, output: string, threads: number): Promise<Phase[]> {
  const args = [
    'train',
    settings,
    '--output',
    output,
    '--threads',
    String(threads),
    '--log-every',
    '1',
    '--no-progress',
  ]
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const began = performance.now()
  const phases: Phase[] = [{ name: 'start', samples: [] }]
  const timer = setInterval(() => {
    const bytes = residentBytes(child.pid!, 'VmRSS')
    if (bytes) phases.at(-1)!.samples.push({ seconds: (performance.now() - began) / 1000, bytes })
  }, 200)
  createInterface({ input: child.stderr }).on('line', (line) => {
    const name = phaseOf(line)
    if (name && name !== phases.at(-1)!.name) phases.push({ name, samples: [] })
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  clearInterval(timer)
  if (status !== 0) throw new Error(`glassformer train ended with status ${status}; its folder was ${output}`)
  return phases.filter(({ samples }) => samples.length > 0)
}

function phaseOf(line: string): string | null {
  if (line.endsWith(' …')) return line.slice(0, -' …'.length)
  const [, step, steps] = /^step ([\d,]+)\/~?([\d,]+)/.exec(line)?.map((text) => Number(text.replaceAll(',', ''))) ?? []
  return steps ? `training, to ${Math.min(10, Math.ceil((10 * step) / steps))}0 %` : null
}

const largest = (samples: readonly Sample[]) => samples.reduce((most, { bytes }) => Math.max(most, bytes), 0)

function lineOf(name: string, samples: readonly Sample[]): string {
  const middle = median(samples.map(({ bytes }) => bytes))
  const cells = [samples.at(-1)!.seconds, middle / MIB, largest(samples) / MIB].map((value) => digits(value))
  return `  ${name.padEnd(32)}  ${cells[0].padStart(9)}  ${cells[1].padStart(10)}  ${cells[2].padStart(8)}`
}

/** Trains over `pairs` pairs, and prints the memory of the training by phase, and for its second half. */
async function measure(pairs: number, threads: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-memory-'))
  try {
    const [corpus, settings] = [join(folder, 'pairs.tsv'), join(folder, 'settings.json')]
    await generatePairs(corpus, pairs)
    writeFileSync(settings, JSON.stringify(settingsOf(corpus)))
    say(`\n${pairs.toLocaleString('en-US')} pairs, ${digits(statSync(corpus).size / MIB)} MiB of text`)
    const phases = await trained(settings, join(folder, 'run'), threads)
    say(`  ${'phase'.padEnd(32)}  to second  median MiB  peak MiB`)
    for (const { name, samples } of phases) say(lineOf(name, samples))
    const late = phases.filter(({ name }) => /([6-9]|10)0 %$/.test(name))
    say(
      lineOf(
        'second half of the training',
        late.flatMap(({ samples }) => samples),
      ),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await new Command('train-memory')
  .description('Measures the resident memory of trainings over one epoch of generated pairs (Linux).')
  .addOption(
    new Option('--pairs <n...>', 'sizes of the corpus').argParser((text, before: number[] | undefined) => [
      ...(before ?? []),
      natural(text),
    ]),
  )
  .addOption(new Option('--threads <n>', 'of the training').argParser(natural).default(2))
  .action(async ({ pairs = [200_000, 1_000_000, 2_000_000], threads }: { pairs?: number[]; threads: number }) => {
    const { cpu, cores, memory, node, commit } = describeMachine()
    say(
      `Glassformer training memory · commit ${commit} · ${cpu}, ${cores} cores, ${memory} GiB · Node ${node} · ${loadText()}`,
    )
    for (const count of pairs) await measure(count, threads)
  })
  .parseAsync()
