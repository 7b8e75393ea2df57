import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { TrainConfig } from '#dist/learn/train/settings/config.js'
import { checkpointSteps } from '#dist/learn/train/state/checkpoint.js'
import { train } from '#dist/learn/train/train.js'
import { nativeReasons } from '../../backends.ts'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const PROCESS = fileURLToPath(new URL('training-process.mjs', import.meta.url))
const backends = (['js', 'native'] as const).filter((name) => name === 'js' || !nativeReasons.length)

/** The number of times that a training is killed; see CONTRIBUTING.md. */
const KILLS = Number(process.env.GLASSFORMER_KILLS ?? 4)
const STEPS = 40

/** A moment of a training: milliseconds after a step, or, if the step is 0, after the start of the process. */
interface Moment {
  step: number
  delay: number
}

/**
 * A training process, killed at a given moment if there is one: its status, null if it was killed, and its steps with
 * their times.
 */
function training(config: object, folder: string, backend: string, kill: Moment | null) {
  const child = spawn(process.execPath, [PROCESS, JSON.stringify(config), folder, backend], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const began = performance.now()
  const steps: { step: number; time: number }[] = []
  const killAfter = (delay: number) => setTimeout(() => child.kill('SIGKILL'), delay)
  let waits = kill !== null
  const reached = (step: number) => {
    if (!waits || step < kill!.step) return
    waits = false
    killAfter(kill!.delay)
  }
  reached(0)
  createInterface({ input: child.stdout }).on('line', (line) => {
    steps.push({ step: Number(line), time: performance.now() - began })
    reached(Number(line))
  })
  return new Promise<{ status: number | null; steps: typeof steps }>((resolve) =>
    child.on('close', (status) => resolve({ status, steps })),
  )
}

/**
 * Random moments, one in each of several equal parts of the run, from the first file that it reads to the model that it
 * writes.
 */
function moments(count: number, whole: readonly { time: number }[]): Moment[] {
  const [first, last] = [whole[0].time, whole.at(-1)!.time]
  const between = (last - first) / (whole.length - 1)
  return Array.from({ length: count }, (_, k) => {
    const step = Math.floor(((k + Math.random()) / count) * STEPS)
    return { step, delay: Math.random() * (step === 0 ? first : 2 * between) }
  })
}

const kinds = [
  ...(['a model', 'an adapter', 'experts', 'an autoencoder'] as const),
  ...(['a compressed memory', 'a global token', 'global sums', 'rows of numbers'] as const),
] as const

/** The settings that a model of each of these kinds has beyond another's. */
const shapes: Partial<Record<(typeof kinds)[number], Partial<TrainConfig['model']>>> = {
  experts: { feedForward: { experts: 4, k: 2, softmax: 'top', balance: 0.01 } },
  'an autoencoder': { latents: { every: 2, kind: 'vq', bits: 4 } },
  'a compressed memory': { decoderLayers: 2, attention: { local: 4, compressed: { factor: 2 } } },
  'a global token': { attention: { local: 2, global: { kind: 'first' } } },
  'global sums': { attention: { local: 2, global: { kind: 'blocks', size: 2 } }, positions: 'buckets' },
  'rows of numbers': { rowWidth: 2 },
}

/** Pairs whose sources are the digits of a number, as rows of two numbers. */
function rowsFile(): string {
  const path = `${newFolder()}.tsv`
  const lines = readFileSync(pairsFile(), 'utf8').trim().split('\n')
  const rows = lines.map((line, n) => {
    const digits = String(1000 + n)
      .split('')
      .map(Number)
    return `${JSON.stringify(digits.map((digit) => [digit / 10, digit % 2]))}\t${line.split('\t')[1]}\n`
  })
  writeFileSync(path, rows.join(''))
  return path
}

/** The settings of a training of a model, or of an adapter of one. */
async function configOf(kind: (typeof kinds)[number]): Promise<object> {
  const settings = { training: { steps: STEPS, saveEvery: 2, average: 3 }, validation: { every: 5 } }
  const config = smallConfig(settings, kind === 'rows of numbers' ? rowsFile() : pairsFile())
  if (kind !== 'an adapter') return { ...config, model: { ...config.model!, ...shapes[kind] } }
  const { model: from } = await train(smallConfig({ training: { steps: 3 } }), newFolder(), { backend: 'js' })
  const { model: _, vocabulary: __, ...others } = config
  return { ...others, from, lora: { rank: 3, dropout: 0.1 } }
}

describe.each(backends.flatMap((backend) => kinds.map((kind) => [kind, backend] as const)))(
  'a training of %s that is killed (%s)',
  (kind, backend) => {
    it(
      'goes on from its latest checkpoint each time, ends with the same bits, and leaves nothing behind',
      async () => {
        const config = await configOf(kind)
        const [wholeFolder, folder] = [newFolder(), newFolder()]
        const whole = await training(config, wholeFolder, backend, null)
        expect(whole).toMatchObject({ status: 0, steps: { length: STEPS } })
        const checkpoints = join(folder, 'checkpoints')
        const kills: string[] = []
        for (const moment of moments(KILLS, whole.steps)) {
          const before = checkpointSteps(checkpoints).at(-1) ?? 0
          const { status, steps } = await training(config, folder, backend, moment)
          if (steps.length) expect(steps[0].step).toBe(before + 1)
          if (status === null)
            kills.push(`${steps.at(-1)?.step ?? `${before} + 0`}${isSaving(checkpoints) ? ' (saving)' : ''}`)
        }
        expect(kills.length).toBeGreaterThanOrEqual(KILLS / 2) // at the last moments it may have ended already
        if (process.env.GLASSFORMER_KILLS)
          console.log(`${backend}: ${kills.length} kills, after steps ${kills.join(', ')}`)
        expect(await training(config, folder, backend, null)).toMatchObject({ status: 0 })
        expect(weightsOf(join(folder, 'model')).equals(weightsOf(join(wholeFolder, 'model')))).toBe(true)
        const left = readdirSync(folder, { recursive: true }).map(String)
        expect(left.filter((name) => name.endsWith('.partial') || name === 'in-use.json')).toEqual([])
      },
      120_000 + 5_000 * KILLS,
    )
  },
)

/** Whether a checkpoint was being written, or removed, when the process ended. */
function isSaving(checkpoints: string): boolean {
  try {
    return readdirSync(checkpoints).some((name) => name.endsWith('.partial'))
  } catch {
    return false // It had not come so far.
  }
}
