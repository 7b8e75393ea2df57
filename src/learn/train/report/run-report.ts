import { basename, join, resolve } from 'node:path'
import { messageOf } from '../../../base/errors.ts'
import { counted, whole } from '../../../base/values/number-text.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { KeptReport } from '../forgetting.ts'
import type { ValidationReport } from '../step/validation.ts'
import type { TrainListener, TrainResult, TrainStart } from '../train.ts'
import type { StepReport } from '../trainer-listener.ts'
import { curvesSvg } from './curves.ts'
import { MetricsFile } from './metrics.ts'
import { pageHtml } from './page.tsx'

/** The seconds after which the pictures are written again; validations write them too. */
const EVERY = 30

/**
 * Listens to a training, and maintains `metrics.jsonl`, `curves.svg` and `report.html` in its folder. The pictures are
 * written at every validation and every half minute, under another name, and then renamed. A browser that has one open
 * may therefore reload it at any time.
 */
export class RunReport implements TrainListener {
  readonly #folder: string
  #settings: JsonObject = {}
  /** The steps of the whole run; an estimate if there are epochs. */
  #steps = 0
  /** The file of metrics, which is open from the start of training on. */
  #file: MetricsFile | null = null
  #written = 0
  #step = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** @throws GlassformerError ERR_FILE if the folder cannot be written */
  started({ step, config, parameters, vocabulary, backend, validation, sharing, cleaning, corpus }: TrainStart): void {
    this.#settings = { ...config }
    this.#steps = config.training.steps
    this.#step = step
    this.#file = new MetricsFile(this.#folder, step)
    this.#file.add({
      kind: 'session',
      step,
      began: new Date().toISOString(),
      backend: `${backend.backend} ${backend.isa}`,
      threads: backend.threads,
      precision: backend.products,
      parameters,
      sourceVocabulary: vocabulary.source,
      targetVocabulary: vocabulary.target,
      heldOut: validation.length,
      sharing,
      cleaning,
      corpus,
    })
    this.#write('training')
  }

  step(report: StepReport): void {
    this.#step = report.step
    this.#file?.add({ kind: 'step', ...report })
    if (performance.now() - this.#written > 1000 * EVERY) this.#write('training')
  }

  validation(report: ValidationReport): void {
    this.#file?.add({ kind: 'validation', ...report })
    this.#write('training')
  }

  kept(report: KeptReport): void {
    this.#file?.add({ kind: 'kept', ...report })
    this.#write('training')
  }

  /**
   * Writes the end of the training. The line in the metrics comes last, because a process that finds it there writes no
   * page any more.
   */
  ended({ ended, step, scores }: TrainResult): void {
    if (scores) this.#file?.add({ kind: 'result', step, ...scores })
    const why = { done: 'done', patience: 'done: no validation was better any more', stopped: 'stopped' }[ended]
    this.#write(`${why}, ${counted(step, 'step')}`)
    this.#file?.add({ kind: 'end', step, ended })
    this.close()
  }

  /**
   * Writes that the training has failed, and the reason. Errors in writing are ignored, because the first error is the
   * one to report.
   */
  failed(error: unknown): void {
    const why = messageOf(error)
    try {
      this.#write(`failed after step ${whole(this.#step)}: ${why}`)
      this.#file?.add({ kind: 'end', step: this.#step, ended: 'failed', why })
    } catch {
      // The disk may be full; the first error then says so.
    }
    this.close()
  }

  /** Closes the file. */
  close(): void {
    this.#file?.close()
    this.#file = null
  }

  #write(state: string): void {
    if (!this.#file) return
    const { metrics } = this.#file
    const name = basename(resolve(this.#folder))
    const page = { name, state, settings: this.#settings, steps: this.#steps, metrics }
    replaceText(join(this.#folder, 'curves.svg'), curvesSvg(metrics, this.#steps))
    replaceText(join(this.#folder, 'report.html'), pageHtml(page))
    this.#written = performance.now()
  }
}
