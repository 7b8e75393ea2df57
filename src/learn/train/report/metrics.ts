import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { LARGEST_METRICS } from '../../../base/limits.ts'
import { fileError, hasFile, readBytes } from '../../../formats/disk/read-file.ts'
import { replaceText, writeWhole } from '../../../formats/disk/replace-file.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import type { KeptReport } from '../forgetting.ts'
import type { CleaningReport } from '../pairs/cleaning.ts'
import type { CorpusReport } from '../pairs/corpus.ts'
import type { Scores, ValidationReport } from '../step/validation.ts'
import type { TrainResult, TrainStart } from '../train.ts'
import type { StepReport } from '../trainer-listener.ts'

/** The line of a process that began or resumed the run after `step`. */
export interface SessionLine {
  kind: 'session'
  step: number
  /** ISO 8601. */
  began: string
  backend: string
  threads: number
  precision: string
  parameters: number
  sourceVocabulary: number
  targetVocabulary: number
  heldOut: number
  /** Undefined if the session was begun by an earlier version, which did not count these pairs. */
  sharing?: TrainStart['sharing']
  cleaning: CleaningReport
  corpus: CorpusReport
}

export interface StepLine extends StepReport {
  kind: 'step'
}

export interface ValidationLine extends ValidationReport {
  kind: 'validation'
}

/** The scores of the finished model. */
export interface ResultLine extends Scores {
  kind: 'result'
  step: number
}

/** The end of a session. A session without this line is under way or was killed. */
export interface EndLine {
  kind: 'end'
  step: number
  ended: TrainResult['ended'] | 'failed'
  /** The error, if the session has failed. */
  why?: string
}

/** The model's scores on general lines before the first step and after the last. */
export interface KeptLine extends KeptReport {
  kind: 'kept'
}

export type MetricsLine = SessionLine | StepLine | ValidationLine | KeptLine | ResultLine | EndLine

/** All lines of a run by their kind. */
export interface Metrics {
  sessions: SessionLine[]
  steps: StepLine[]
  validations: ValidationLine[]
  /** Before the first step, and after the last, once it is taken. */
  kept: KeptLine[]
  result: ResultLine | null
}

/**
 * `metrics.jsonl`: a line with a JSON object for each session, end of a session, step and validation, appended as they
 * come. A run that resumes from a checkpoint repeats the steps after it. The lines of these steps are removed first, so
 * that nothing counts twice.
 */
export class MetricsFile {
  readonly metrics: Metrics = metricsOf([])
  readonly #path: string
  readonly #file: number

  /**
   * `step` is the step from which the run resumes.
   * @throws GlassformerError ERR_FILE
   */
  constructor(folder: string, step: number) {
    this.#path = join(folder, 'metrics.jsonl')
    const kept = readMetrics(folder).filter(
      (line) => line.step <= step && line.kind !== 'result' && (line.kind !== 'kept' || line.step === 0),
    )
    for (const line of kept) this.#remember(line)
    replaceText(this.#path, kept.map(textOf).join(''))
    try {
      this.#file = openSync(this.#path, 'a')
    } catch (cause) {
      throw fileError('write', this.#path, cause)
    }
  }

  add(line: MetricsLine): void {
    this.#remember(line)
    try {
      writeWhole(this.#file, Buffer.from(textOf(line)))
    } catch (cause) {
      throw fileError('write', this.#path, cause)
    }
  }

  close(): void {
    closeSync(this.#file)
  }

  #remember(line: MetricsLine): void {
    remember(this.metrics, line)
  }
}

function remember(metrics: Metrics, line: MetricsLine): void {
  if (line.kind === 'session') metrics.sessions.push(line)
  else if (line.kind === 'step') metrics.steps.push(line)
  else if (line.kind === 'validation') metrics.validations.push(line)
  else if (line.kind === 'kept') metrics.kept.push(line)
  else if (line.kind === 'result') metrics.result = line
}

/** The lines of a run by their kinds. */
export function metricsOf(lines: readonly MetricsLine[]): Metrics {
  const metrics: Metrics = { sessions: [], steps: [], validations: [], kept: [], result: null }
  for (const line of lines) remember(metrics, line)
  return metrics
}

/** The lines of a run's `metrics.jsonl`; none if there is no such file. An incomplete last line is skipped. */
export function readMetrics(folder: string): MetricsLine[] {
  const path = join(folder, 'metrics.jsonl')
  if (!hasFile(path)) return []
  const limit = { what: 'the metrics of a training', most: LARGEST_METRICS, code: 'ERR_MODEL_FORMAT' } as const
  const bytes = asBuffer(readBytes(path, limit))
  const lines: MetricsLine[] = []
  for (let begin = 0, end: number; begin < bytes.length; begin = end + 1) {
    const found = bytes.indexOf(LINE_FEED, begin)
    end = found < 0 ? bytes.length : found
    try {
      const value = JSON.parse(bytes.toString('utf8', begin, end)) as JsonObject
      if (Number.isSafeInteger(value.step)) lines.push(value as unknown as MetricsLine)
    } catch {} // cut short
  }
  return lines
}

const LINE_FEED = 10

const asBuffer = ({ buffer, byteOffset, length }: Uint8Array) => Buffer.from(buffer, byteOffset, length)

const textOf = (line: MetricsLine) => `${JSON.stringify(line)}\n`
