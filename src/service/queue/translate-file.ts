import { closeSync } from 'node:fs'
import { pathOf } from '../../base/path-of.ts'
import { reading } from '../../base/reading.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings } from '../../base/schema/settings.ts'
import { abortSignal, type Type } from '../../base/schema/types.ts'
import { inOneLine, notUtf8 } from '../../formats/disk/input-lines.ts'
import { openFile } from '../../formats/disk/read-file.ts'
import { aborted } from '../../workers/index.ts'
import { type FileProgress, progressOf } from './file-progress.ts'
import { deliverEnded } from './finished.ts'
import { cutFile, type LinesJob } from './jobs/cut-file.ts'
import { type EnqueueOptions, type ResolvedEnqueue, resolveForLines } from './jobs/options.ts'
import type { QueuedTranslation } from './jobs/result.ts'
import { PartialOutput, withId } from './partial-output.ts'
import { JobQueue } from './redis/job-queue.ts'

/** The result of `translateFile`. */
export interface TranslatedFile {
  lines: number
  /** Number of lines that the model cannot take: the output has empty lines in their place. */
  failures: number
}

/** Options for translating a file through a queue. */
export interface TranslateFileOptions extends EnqueueOptions, Given<typeof callSettings> {}

/**
 * Maximum number of a file's jobs in the queue, so that a large file fills neither Redis nor the memory of this
 * process.
 */
const MOST_JOBS = 1000

/** The number of jobs added by one command. */
const TOGETHER = 50

const functionType = <F extends (...args: never[]) => void>(): Type<F> => ({
  expected: 'a function',
  accepts: (value): value is F => typeof value === 'function',
})

/** The settings of the call that waits for a file. */
export const callSettings = settings({
  progress: {
    type: functionType<(progress: FileProgress) => void>(),
    optional: true,
    says: 'called whenever lines have been appended to the output',
  },
  failure: {
    type: functionType<(line: number, error: { code: string; message: string }) => void>(),
    optional: true,
    says: 'called for each line that the model cannot take; lines are counted from 1',
  },
  connection: {
    type: functionType<(state: 'away' | 'back', reason?: string) => void>(),
    optional: true,
    says: 'called when Redis cannot be reached, with the reason, and when it is back',
  },
  signal: {
    type: abortSignal,
    optional: true,
    says: 'ends the wait with ERR_ABORTED; the jobs continue, and another call resumes where this one was',
  },
})

/**
 * Adds the lines of a UTF-8 file to the queue of a model as jobs of `lines` lines, without waiting for them.
 * `translateFile` with the same file and options joins their translations. @throws GlassformerError as `enqueue`, and
 * ERR_FILE
 */
export async function enqueueFile(
  file: string | URL,
  options: EnqueueOptions = {},
): Promise<{ jobs: number; lines: number }> {
  const path = pathOf('the file', file)
  const resolved = resolveForLines(options)
  const queue = await JobQueue.open(resolved.queue, resolved.model)
  const count = { jobs: 0, lines: 0 }
  try {
    let together: LinesJob[] = []
    const add = async () => {
      await queue.add(together, resolved)
      together = []
    }
    for await (const job of cutFile(path, await queue.model(resolved.given), resolved)) {
      if (together.push(job) === TOGETHER) await add()
      count.jobs++
      count.lines += job.job.texts.length
    }
    if (together.length) await add()
    return count
  } finally {
    await queue.close()
  }
}

/**
 * Translates a file of UTF-8 lines through the queue of a model: it splits the file into jobs, and joins their
 * translations in order, so that line n of the output belongs to line n of the file. The output gets its name when it
 * is complete; until then it grows as `OUTPUT.partial`, and the same call resumes where an earlier one ended, for any
 * reason. Translations that workers finished in between are used.
 * @throws GlassformerError ERR_OPTION, ERR_FILE, ERR_INPUT, ERR_QUEUE, ERR_ABORTED; ERR_JOB where a job is a dead
 * letter: the lines before it are in the output, and another call retries the job
 */
export async function translateFile(
  file: string | URL,
  output: string | URL,
  options: TranslateFileOptions = {},
): Promise<TranslatedFile> {
  const [path, target] = [pathOf('the file', file), pathOf('the output', output)]
  const { progress, failure, connection, signal, ...others } = reading('the options', () => ({ ...options }))
  read(callSettings, { progress, failure, connection, signal }, inOptions)
  const resolved = resolveForLines(others)
  const { descriptor, size } = openFile(path)
  closeSync(descriptor)
  const queue = await JobQueue.open(resolved.queue, resolved.model, {
    away: (reason) => connection?.('away', reason),
    back: () => connection?.('back'),
  })
  try {
    const model = await queue.model(resolved.given)
    const part = PartialOutput.open(target)
    try {
      const { jobs, begin } = await jobsLeft(() => cutFile(path, model, resolved), part)
      const resumed = part.reached.lines
      const began = performance.now()
      await joinAll(queue, jobs, resolved, signal, (job, translations) => {
        append(part, job, translations, failure)
        const seconds = (performance.now() - began) / 1000
        progress?.(progressOf({ lines: part.reached.lines, resumed, begin, end: job.end, size, seconds }))
      })
      part.finish()
      return { lines: part.reached.lines, failures: part.reached.failures }
    } catch (error) {
      part.save()
      throw error
    } finally {
      part.close()
    }
  } finally {
    await queue.close()
  }
}

/**
 * The jobs of a file that are not in an output yet, and the byte offset in the file where they begin. Where the output
 * has other jobs, it starts again.
 */
async function jobsLeft(
  cut: () => AsyncGenerator<LinesJob, void, undefined>,
  part: PartialOutput,
): Promise<{ jobs: AsyncGenerator<LinesJob, void, undefined>; begin: number }> {
  const jobs = cut()
  let digest = ''
  let begin = 0
  for (let joined = 0; joined < part.reached.jobs; joined++) {
    const next = await jobs.next()
    if (next.done) break
    digest = withId(digest, next.value.id)
    begin = next.value.end
  }
  if (digest === part.reached.digest) return { jobs, begin }
  await jobs.return()
  part.restart()
  return { jobs: cut(), begin: 0 }
}

/** Keeps jobs in the queue, and yields their translations in order. */
async function joinAll(
  queue: JobQueue,
  jobs: AsyncIterable<LinesJob>,
  resolved: ResolvedEnqueue,
  signal: AbortSignal | undefined,
  deliver: (job: LinesJob, translations: readonly QueuedTranslation[]) => void,
): Promise<void> {
  const inQueue: LinesJob[] = []
  let together: LinesJob[] = []
  const add = async () => {
    await queue.add(together, resolved)
    inQueue.push(...together)
    together = []
  }
  const deliverSome = () => deliverEnded(queue, inQueue, resolved, signal, deliver)
  for await (const job of jobs) {
    if (signal?.aborted) throw aborted(signal)
    if (together.push(job) < TOGETHER) continue
    await add()
    while (inQueue.length > MOST_JOBS - TOGETHER) await deliverSome()
  }
  if (together.length) await add()
  while (inQueue.length) await deliverSome()
}

function append(
  part: PartialOutput,
  { id, job, lineEnds, garbled }: LinesJob,
  translations: readonly QueuedTranslation[],
  failure: TranslateFileOptions['failure'],
): void {
  let failures = 0
  const lines = translations.map(({ text, error }, i) => {
    const wrong = garbled.includes(i) ? notUtf8 : error
    if (wrong) {
      failures++
      failure?.(job.first + i, { code: wrong.code, message: wrong.message })
    }
    return (wrong ? '' : inOneLine(text)) + lineEnds[i]
  })
  part.append(id, lines, failures)
}
