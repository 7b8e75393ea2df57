import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { finishedTraining } from '#dist/cli/train/finished-training.js'
import { readMetrics } from '#dist/learn/train/report/metrics.js'
import { RunReport } from '#dist/learn/train/report/run-report.js'
import { checkpointSteps, readCheckpoint } from '#dist/learn/train/state/checkpoint.js'
import { type TrainResult, train } from '#dist/learn/train/train.js'
import { isWhole } from '../../whole.ts'
import { FailingDisk } from './failing-disk.ts'
import { newFolder, smallConfig, weightsOf } from './small-run.ts'

const js = { backend: 'js', threads: 1, precision: 'float32' } as const
const config = smallConfig({ training: { saveEvery: 2 } })

/** A training with its report, as the command runs it; `at` is told of every step first. */
async function trainReported(folder: string, at: (step: number) => void = () => {}): Promise<TrainResult> {
  const report = new RunReport(folder)
  try {
    const result = await train(config, folder, js, {
      started: (start) => report.started(start),
      step(line) {
        at(line.step)
        report.step(line)
      },
      validation: (line) => report.validation(line),
    })
    report.ended(result)
    return result
  } catch (error) {
    report.failed(error)
    throw error
  }
}

let disk: FailingDisk | null = null
afterEach(() => disk?.mend())
let whole: TrainResult
beforeAll(async () => {
  whole = await trainReported(newFolder())
})

const filesIn = (folder: string) => readdirSync(folder, { recursive: true }).map(String)
const pageOf = (folder: string) => readFileSync(join(folder, 'report.html'), 'utf8')

const places: [string, RegExp][] = [
  ['the arrays of a checkpoint', /checkpoints.*arrays/],
  ['the state of a checkpoint', /checkpoints.*state/],
  ['metrics.jsonl', /metrics\.jsonl$/],
  ['report.html', /report\.html/],
  ['curves.svg', /curves\.svg/],
  ['the weights of the model', /model\/.*safetensors/],
  ['the configuration of the model', /model\/.*config\.json/],
  ['everything', /./],
]

describe.each(['full', 'unwritable'] as const)('a disk that becomes %s', (how) => {
  // A file that is open already can still be written when no new one can be created.
  it.each(places.filter(([place], i) => how === 'full' || (place !== 'metrics.jsonl' && (isWhole || i % 3 === 0))))(
    'at %s: a clear error, whole checkpoints, and going on ends with the same bits',
    async (_, which) => {
      const folder = newFolder()
      disk = new FailingDisk(how, which)
      const failing = trainReported(folder, (step) => {
        if (step === 7) disk!.fails = true
      })
      await expect(failing).rejects.toMatchObject({
        code: 'ERR_FILE',
        message: expect.stringMatching(how === 'full' ? 'the disk is full' : 'the file system is read-only'),
      })
      await expect(failing).rejects.toThrow(folder)
      const checkpoints = join(folder, 'checkpoints')
      const steps = checkpointSteps(checkpoints)
      expect(steps.at(-1)).toBeGreaterThanOrEqual(6)
      for (const step of steps) expect(readCheckpoint(checkpoints, step, {}).values.step).toBe(step)
      expect(filesIn(folder).filter((name) => name.endsWith('.partial') || name === 'in-use.json')).toEqual([])

      disk.mend()
      const result = await trainReported(folder)
      expect(weightsOf(result.model!).equals(weightsOf(whole.model!))).toBe(true)
      const reported = readMetrics(folder).flatMap((line) => (line.kind === 'step' ? [line.step] : []))
      expect(reported).toEqual(Array.from({ length: 12 }, (_, i) => i + 1))
      expect(pageOf(folder)).toContain('done, 12 steps')
    },
  )
})

describe('the end of a training', () => {
  it('is in its metrics and on its page', async () => {
    const folder = newFolder()
    disk = new FailingDisk('full', /checkpoints/)
    const failing = trainReported(folder, (step) => {
      if (step === 7) disk!.fails = true
    })
    await expect(failing).rejects.toThrow('the disk is full')
    expect(pageOf(folder)).toMatch(/failed after step 8: cannot write .*arrays.safetensors: the disk is full/)
    const why = expect.stringContaining('the disk is full')
    expect(readMetrics(folder).at(-1)).toEqual({ kind: 'end', step: 8, ended: 'failed', why })
    disk.mend()
    await trainReported(folder)
    expect(readMetrics(folder).at(-1)).toEqual({ kind: 'end', step: 12, ended: 'done' })
    expect(readMetrics(folder).filter(({ kind }) => kind === 'end')).toHaveLength(1)
  })

  it('is in its metrics only when it is on its page: for a training that was killed between them, the page is written again', async () => {
    const folder = newFolder()
    const report = new RunReport(folder)
    const result = await train(config, folder, js, { started: (start) => report.started(start) })
    disk = new FailingDisk('full', /report\.html/)
    disk.fails = true
    expect(() => report.ended(result)).toThrow('the disk is full')
    report.close()
    disk.mend()
    expect(finishedTraining(folder, config)).toBeNull()
    await trainReported(folder)
    expect(pageOf(folder)).toContain('done, 12 steps')
    expect(finishedTraining(folder, config)).toMatchObject({ step: 12 })
  })
})
