/**
 * How fast is speech written down beside faster-whisper, whisper.cpp and transformers.js, at equal precision, threads and beams? Wall and CPU
 * seconds of whole files in turn, and in how many words the texts differ.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from '../harness/child.ts'
import { median } from '../harness/interleave.ts'
import type { Setting, Telling, Unanswerable } from '../harness/question.ts'
import type { SpeechRun } from '../harness/speech-run.ts'
import { digits } from '../harness/table.ts'
import { wordErrors } from '../harness/word-errors.ts'

/** Clips of ../shared and their languages. */
const clips = { jfk: 'en', 'fr-instruct': 'fr', mixed: 'en' }
const ROUNDS = 3

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const tinyModel = file('../../../test/golden/whisper-tiny')
const tinyClip = file('../../../test/golden/sound/speech.wav')

interface Way {
  precision: 'float32' | 'int8'
  threads: number
  beam: number
  isBatched: boolean
}

/** Somebody who transcribes, in a process of its own. */
interface Engine {
  name: string
  child: Child
  /** The model for a way; null for one that the engine has not. */
  modelFor(way: Way): string | null
}

interface Measured extends Way {
  engine: string
  runs: SpeechRun[]
}

export async function openSpeech({ peers, shared, scale, rows }: Setting): Promise<Telling | Unanswerable> {
  const isSmall = scale.oneOf > 1
  const folder = peers && join(peers, 'whisper')
  const model = isSmall ? tinyModel : folder && join(folder, 'hub')
  if (!model || !existsSync(model))
    return {
      reason: `${model ?? 'FOLDER/whisper/hub'} is not there: the folder of a Whisper in Hugging Face's layout, which --peers names FOLDER for`,
    }
  const sounds = isSmall
    ? { [tinyClip]: 'en' }
    : Object.fromEntries(
        Object.entries(clips).map(([name, language]) => [join(shared, `golden/whisper/clips/${name}.wav`), language]),
      )
  const missing = Object.keys(sounds).find((path) => !existsSync(path))
  if (missing) return { reason: `${missing} is not there` }
  return {
    name: 'speech',
    async *tell(say) {
      const { engines, reasons } = await openEngines(model, isSmall ? undefined : peers)
      try {
        say(`speech · ${model}, wall and CPU seconds, medians of ${isSmall ? 1 : ROUNDS} rounds in turn`)
        for (const { child } of engines) say(`  ${child.greeting}`)
        for (const reason of reasons) say(`  ${reason}`)
        for (const way of isSmall ? waysOf().slice(0, 1) : waysOf())
          for (const [path, language] of Object.entries(sounds)) {
            if (rows && !rows.some((text) => labelOf(way, path).includes(text))) continue
            yield* told(await measured({ engines, way, path, language, rounds: isSmall ? 1 : ROUNDS }), path, say)
          }
      } finally {
        for (const { child } of engines) child.close()
      }
    },
  }
}

function labelOf({ precision, threads, beam, isBatched }: Way, path: string): string {
  const search = beam === 1 ? 'greedy' : `beams ${beam}`
  return `${nameOf(path)} ${precision} ×${threads}, ${search}${isBatched ? ', windows side by side' : ''}`
}

const nameOf = (path: string) => basename(path, '.wav')

/** One file after the other, greedily and with beams, and windows side by side, on one thread and two. */
function waysOf(): Way[] {
  const ways: Way[] = []
  for (const threads of [1, 2])
    for (const precision of ['int8', 'float32'] as const)
      for (const [beam, isBatched] of [
        [1, false],
        [5, false],
        [1, true],
      ] as const)
        ways.push({ precision, threads, beam, isBatched })
  return ways
}

async function openEngines(model: string, peers: string | undefined) {
  const own = await Child.open(process.execPath, [file('../harness/speech-child.js')])
  const engines: Engine[] = [{ name: 'Glassformer', child: own, modelFor: () => model }]
  const reasons: string[] = []
  if (!peers) return { engines, reasons }
  const python = join(peers, 'venv/bin/python')
  const script = file('../../peers/speech_peers.py')
  const made = (kind: string) => converted(python, kind, model, join(peers, 'whisper', kind))
  const openings: [string, () => Promise<Engine>][] = [
    [
      'faster-whisper',
      async () => {
        const folder = made('ctranslate2')
        const child = await Child.open(python, [script, 'faster-whisper'])
        return { name: 'faster-whisper', child, modelFor: ({ precision }) => join(folder, precision) }
      },
    ],
    [
      'whisper.cpp',
      async () => {
        const folder = made('ggml')
        const child = await Child.open(python, [script, 'whisper.cpp'])
        // Its weights are in float16, which stands beside float32.
        return {
          name: 'whisper.cpp',
          child,
          modelFor: (way) => (way.precision === 'float32' && !way.isBatched ? join(folder, 'ggml-f16.bin') : null),
        }
      },
    ],
    [
      'transformers.js',
      async () => {
        const folder = made('onnx')
        const child = await Child.open(process.execPath, [
          file('../peers/transformers-js-speech.js'),
          join(peers, 'node'),
        ])
        return {
          name: 'transformers.js',
          child,
          modelFor: (way) => (way.beam === 1 && !way.isBatched ? join(folder, 'whisper') : null),
        }
      },
    ],
  ]
  for (const [name, open] of openings) {
    try {
      engines.push(await open())
    } catch (error) {
      reasons.push(`${name} is not measured: ${(error as Error).message}`)
    }
  }
  return { engines, reasons }
}

/** The model in a peer's format, made once. */
function converted(python: string, kind: string, model: string, folder: string): string {
  if (existsSync(folder)) return folder
  const making = `${folder}.making`
  rmSync(making, { recursive: true, force: true })
  process.stderr.write(`whisper is being converted for the peers, once: ${kind} …\n`)
  const script = file('../../peers/convert_whisper.py')
  execFileSync(python, [script, kind, model, making], { stdio: ['ignore', 'ignore', 'pipe'] })
  renameSync(making, folder)
  return folder
}

interface Work {
  engines: readonly Engine[]
  way: Way
  path: string
  language: string
  rounds: number
}

/** Every engine in turn, round by round; the first run of each is not counted. */
async function measured({ engines, way, path, language, rounds }: Work): Promise<Measured[]> {
  const { precision, threads, beam, isBatched } = way
  const able = engines.filter((engine) => engine.modelFor(way) !== null)
  const results = able.map(({ name }): Measured => ({ ...way, engine: name, runs: [] }))
  for (const { child, modelFor } of able)
    await child.ask('prepare', modelFor(way)!, precision, threads, beam, isBatched ? 1 : 0)
  for (let round = 0; round < rounds; round++)
    for (const [i, { child }] of able.entries())
      results[i].runs.push(JSON.parse(await child.ask('run', path, language)))
  return results
}

function* told(all: readonly Measured[], path: string, say: (text: string) => void): Generator<object> {
  const [own, ...others] = all
  const peer = others[0] ?? null
  const { precision, threads, beam, isBatched } = own
  const label = labelOf(own, path)
  say(`\n${label}`)
  for (const { engine, runs } of all) {
    const [wall, cpu] = [median(runs.map((run) => run.wall)), median(runs.map((run) => run.cpu))]
    const ratio = (of: 'wall' | 'cpu') => median(runs.map((run, i) => run[of] / own.runs[i][of]))
    const errors = peer ? wordErrors(runs[0].text, peer.runs[0].text) : null
    const beside = engine === own.engine ? '' : `  ours ${digits(ratio('wall'))}×, CPU ${digits(ratio('cpu'))}×`
    say(
      `  ${engine.padEnd(16)} ${digits(wall).padStart(7)} s  CPU ${digits(cpu).padStart(7)} s${beside}${errors === null ? '' : `  ${errors} words other than ${peer!.engine}'s`}`,
    )
    yield {
      bench: 'speech',
      case: label,
      model: path,
      backend: engine,
      precision,
      threads,
      beam,
      seconds: wall,
      cpuSeconds: cpu,
      rounds: runs.length,
      batched: isBatched,
      wordErrors: errors,
    }
  }
}
