/**
 * How much memory does the base model take in each precision: after load, after sentences, with one worker and with four?
 *
 *     node bench/dist/scripts/memory.js [--only PRECISION…] [--sentences N] [--backend native|js]
 *
 * Each line is a process of its own. The sentences are short (8 tokens in, 4 out) and distinct.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { counted } from '#dist/base/values/number-text.js'
import { convertFolder } from '#dist/files/folders/convert.js'
import { describeMachine, loadText } from '../harness/machine.ts'
import { modelMakers, precisions, writeModel } from '../harness/models.ts'
import { positive } from '../harness/number-options.ts'

interface Sizes {
  /** Bytes of the weights in memory. */
  weights: number
  /** Milliseconds that loading took. */
  loading: number
  loaded: number
  /** The resident memory after each quarter of the sentences. */
  after: number[]
}

const PROGRAM = `import { loadFolder } from '#dist/files/folders/load.js'
  import { Translator } from '#dist/use/translate/translator.js'
  const [folder, precision, backend, workers, sentences] = process.argv.slice(1)
  const began = performance.now()
  const translator = await Translator.load(folder, { precision, backend, workers: Number(workers) })
  const loading = performance.now() - began
  const size = () => process.memoryUsage.rss()
  const loaded = size()
  const after = []
  let next = 1
  const source = () => Array.from({ length: 7 }, () => 100 + ((next = (next * 48271) % 2147483647) % 31000))
  for (let quarter = 0; quarter < 4; quarter++) {
    for (let done = 0; done < sentences / 4; done += 500)
      await translator.translate(Array.from({ length: 500 }, source), { beams: 1, maxTokens: 4 })
    after.push(size())
  }
  await translator.close()
  const weights = loadFolder(folder, { precision }).weights.values.byteLength
  console.log(JSON.stringify({ weights, loading, loaded, after }))`

function measure(
  folder: string,
  precision: (typeof precisions)[number],
  backend: string,
  workers: number,
  sentences: number,
): Sizes {
  const given = [folder, precision, backend, String(workers), String(sentences)]
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, '--', ...given],
    { encoding: 'utf8', cwd: new URL('../..', import.meta.url) },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

const command = new Command('memory')
  .addOption(new Option('--only <precision...>', 'only these').choices(precisions).default(precisions))
  .addOption(new Option('--sentences <n>', 'how many are translated').argParser(positive).default(20_000))
  .addOption(new Option('--backend <name>', 'what plays the model').choices(['native', 'js']).default('native'))
const { only, sentences, backend } = command
  .parse()
  .opts<{ only: (typeof precisions)[number][]; sentences: number; backend: string }>()

/** Stores the base model in each precision. */
function store(folder: string): Record<(typeof precisions)[number], string> {
  const at = (name: string) => join(folder, name)
  writeModel(at('float32'), modelMakers.base())
  convertFolder(at('float32'), at('int8'), 'int8')
  convertFolder(at('float32'), at('bfloat16'), 'bfloat16')
  return { float32: at('float32'), int8: at('int8'), bfloat16: at('bfloat16') }
}

const { cpu, cores, node, commit } = describeMachine()
console.log(`Glassformer memory · commit ${commit}\n${cpu}, ${cores} cores · Node ${node} · ${loadText()} at the start`)
console.log(`base model, ${backend}, ${sentences.toLocaleString('en')} sentences; sizes in MB of resident memory`)
const scratch = mkdtempSync(join(tmpdir(), 'glassformer-memory-'))
try {
  const folders = store(scratch)
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0)
  for (const precision of only)
    for (const workers of [1, 4]) {
      const { weights, loading, loaded, after } = measure(folders[precision], precision, backend, workers, sentences)
      const goal = 1.5 * weights + 60e6
      console.log(
        `${precision}, ${counted(workers, 'worker')}: weights ${megabytes(weights)}, loaded ${megabytes(loaded)} ` +
          `(1.5 × weights + 60: ${megabytes(goal)}) in ${loading.toFixed(0)} ms, then ${after.map(megabytes).join(', ')}`,
      )
    }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
