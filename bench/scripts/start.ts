/**
 * Cost of getting from `node` to a first translation with the embedded model: the processor time of all threads, and
 * the clock, as medians of runs, each in a process of its own, beside the time of Node.js itself.
 *
 *     node bench/dist/scripts/start.js [--runs N] [--backend native|js]
 */
import { spawnSync } from 'node:child_process'
import { Command, Option } from 'commander'
import { packageFolder } from '#dist/base/package-folder.js'
import { precisions } from '#dist/engine/weights/precision.js'
import { median } from '../harness/interleave.ts'
import { describeMachine, loadText } from '../harness/machine.ts'
import { positive } from '../harness/number-options.ts'

interface Cost {
  /** Milliseconds of processor time, on all threads. */
  busy: number
  /** Milliseconds on the clock, from the start of the process. */
  elapsed: number
}

const REPORT = `const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ busy: (user + system) / 1000, elapsed: performance.now() }))`

const translating = (backend: string, precision: string) => `import { Translator } from 'glassformer'
  const translator = await Translator.load(undefined, { backend: '${backend}', precision: '${precision}' })
  await translator.translate('Je suis étudiant.')
  ${REPORT}
  await translator.close()`

/** A command that runs to its end; with --eval there is no script among the arguments. */
const commandLine = (backend: string) => `process.argv = [process.execPath, 'translate', 'Je suis étudiant.']
  process.env.GLASSFORMER_BACKEND = '${backend}'
  process.on('exit', () => { ${REPORT} })
  await import('${new URL('dist/bundle/glassformer.js', packageFolder())}')`

const worker = `import { Worker } from 'node:worker_threads'
  await new Promise((resolve) => new Worker('', { eval: true }).on('exit', resolve))
  ${REPORT}`

function run(code: string): Cost {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout.trim().split('\n').at(-1)!)
}

const command = new Command('start')
  .addOption(new Option('--runs <n>', 'runs of each').argParser(positive).default(9))
  .addOption(new Option('--backend <name>', 'what plays the model').choices(['native', 'js']).default('native'))
const { runs, backend } = command.parse().opts<{ runs: number; backend: string }>()

const cases = {
  'node alone': REPORT,
  'node and an empty worker': worker,
  'glassformer translate': commandLine(backend),
  ...Object.fromEntries(precisions.map((precision) => [precision, translating(backend, precision)])),
}
const { cpu, cores, node, commit } = describeMachine()
console.log(`Glassformer start · commit ${commit}\n${cpu}, ${cores} cores · Node ${node} · ${loadText()} at the start`)
// Node.js 20 reads these certificates at every start, whether they are needed or not.
if (process.env.NODE_EXTRA_CA_CERTS)
  console.log('NODE_EXTRA_CA_CERTS is set: each row has the reading of these certificates in it')
const costs = new Map<string, Cost[]>(Object.keys(cases).map((name) => [name, []]))
for (let round = 0; round < runs; round++)
  for (const [name, code] of Object.entries(cases)) costs.get(name)!.push(run(code))
for (const [name, all] of costs) {
  const of = (key: keyof Cost) => `${median(all.map((cost) => cost[key])).toFixed(0)} ms`.padStart(7)
  console.log(`${name.padEnd(26)} processor ${of('busy')}, clock ${of('elapsed')}`)
}
