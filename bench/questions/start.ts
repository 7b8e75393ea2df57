/**
 * What does it cost to get from nothing to the translation of one sentence: the command to its end, and `Translator.load` with its first
 * call, beside Node.js alone, CTranslate2 and transformers.js? Processor time of all threads, and the clock, each run in a process of its own.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '#dist/base/package/package-folder.js'
import { counted } from '#dist/base/values/number-text.js'
import { Translator } from '#dist/use/translate/translator.js'
import { InstalledPeers } from '../harness/installed-peers.ts'
import { median } from '../harness/interleave.ts'
import type { Setting, Telling } from '../harness/question.ts'

const ROUNDS = 11
/** Milliseconds of processor time that the command may take. */
const GOAL = 150
const TEXT = 'Bonjour.'

/** Something that is started: the last line that it prints is its processor time in seconds. */
interface Started {
  name: string
  command: string
  args: string[]
  goal?: number
}

/** Milliseconds, [round]. */
interface Times {
  busy: number[]
  clock: number[]
}

const REPORT = `const { user, system } = process.cpuUsage(); console.log((user + system) / 1e6)`
const node = (name: string, code: string, goal?: number): Started => ({
  name,
  command: process.execPath,
  args: ['--input-type=module', '--eval', code],
  goal,
})
const inPackage = (path: string) => new URL(path, packageFolder())

/** The command's own file, with its name among the arguments as Node.js has it. */
const COMMAND = `process.argv = [process.execPath, 'glassformer', 'translate', '${TEXT}']
  process.on('exit', () => { ${REPORT} })
  await import('${inPackage('dist/bundle/glassformer.js')}')`
const WORKER = `import { Worker } from 'node:worker_threads'
  await new Promise((resolve) => new Worker('', { eval: true }).on('exit', resolve))
  ${REPORT}`
const LIBRARY = `import { Translator } from '${inPackage('dist/bundle/index.js')}'
  const translator = await Translator.load()
  await translator.translate('${TEXT}')
  ${REPORT}
  await translator.close()`

const ours = [
  node('Node.js alone', REPORT),
  node('Node.js and an empty worker thread', WORKER),
  node('glassformer translate', COMMAND, GOAL),
  node('Translator.load and translate', LIBRARY),
]

export async function openStart({ peers, scale }: Setting): Promise<Telling> {
  return {
    name: 'start',
    async *tell(say) {
      const rounds = Math.min(ROUNDS, scale.mostRounds)
      const { started, lacking } = await withPeers(peers, scale)
      const times = new Map(started.map((each): [Started, Times] => [each, { busy: [], clock: [] }]))
      // The first round brings files into the system's memory, and does not count.
      for (let round = 0; round <= rounds; round++)
        for (const [each, { busy, clock }] of times) {
          const took = run(each)
          if (round === 0) continue
          busy.push(took.busy)
          clock.push(took.clock)
        }
      say(`start · the embedded model, “${TEXT}” · medians of ${counted(rounds, 'round')}`)
      if (process.env.NODE_EXTRA_CA_CERTS)
        say('NODE_EXTRA_CA_CERTS is set: Node.js 20 reads those certificates in each of its rows')
      for (const line of lacking) say(line)
      say('\n| | processor ms | clock ms | × the command | goal |\n|---|---|---|---|---|')
      const command = median(times.get(ours[2])!.busy)
      for (const [{ name, goal = null }, { busy, clock }] of times) {
        const [milliseconds, wall] = [median(busy), median(clock)]
        const ratio = milliseconds / command
        const cells = [name, milliseconds.toFixed(0), wall.toFixed(0), ratio.toFixed(2), goal ? `≤ ${goal}` : '']
        say(`| ${cells.join(' | ')} |`)
        yield { bench: 'start', case: name, model: 'fr-en', milliseconds, wall, ratio, goal, rounds }
      }
    },
  }
}

/** The programs that are started, with the peers that are there, and the reasons why others are not. */
async function withPeers(peers: string | undefined, { models }: Setting['scale']) {
  const started = [...ours]
  const lacking: string[] = []
  try {
    const installed = new InstalledPeers(peers, models)
    await using translator = await Translator.load()
    const { beams } = translator.model.defaults
    const { precision } = translator.model
    const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))
    const python = [script('../../peers/ctranslate2_start.py'), installed.converted('fr-en', 'ctranslate2')]
    started.push({
      name: 'CTranslate2, from Python',
      command: installed.python,
      args: [...python, fileURLToPath(inPackage('models/fr-en')), precision, String(beams), TEXT],
    })
    const ids = translator.tokenizer.encode(TEXT).join()
    const onnx = [script('../peers/transformers-js-start.js'), installed.node, installed.converted('fr-en', 'onnx')]
    started.push({
      name: 'transformers.js, greedily, from ids to ids',
      command: process.execPath,
      args: [...onnx, 'q8', ids],
    })
  } catch (error) {
    lacking.push(`peers are not measured: ${(error as Error).message}`)
  }
  return { started, lacking }
}

function run({ name, command, args }: Started): { busy: number; clock: number } {
  const began = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  const clock = performance.now() - began
  const busy = 1000 * Number(stdout.trim().split('\n').at(-1))
  if (status !== 0 || !(busy > 0)) throw new Error(`${name} cannot be started: ${stderr.trim()}`)
  return { busy, clock }
}
