/**
 * The file of a worker thread, and its kinds of jobs. A thread that loads it for itself has the work done on its own, by
 * `work`: the command does, for a few short texts.
 */
import { workerData } from 'node:worker_threads'
import type { JobKinds } from '../../workers/jobs/job-kind.ts'
import { lowerPriority } from '../../workers/threads/lower-priority.ts'
import { isWorkerStart, type WorkerStart } from '../../workers/threads/messages.ts'
import { type OpenWorkerModel, work as workOn } from '../../workers/threads/worker-loop.ts'

const kinds: JobKinds = {
  translate: async () => (await import('../translate/jobs/translate.ts')).translate,
  generate: async () => (await import('../translate/jobs/generate.ts')).generate,
  encode: async () => (await import('../translate/jobs/encode.ts')).encode,
  score: async () => (await import('../translate/jobs/score.ts')).score,
  trace: async () => (await import('../translate/jobs/trace.ts')).trace,
  hear: async () => {
    const [{ hearing }, { deflateSync }] = await Promise.all([
      import('../transcribe/jobs/hear.ts'),
      import('node:zlib'),
    ])
    return hearing((bytes) => deflateSync(bytes).length)
  },
  peak: async () => (await import('../transcribe/jobs/detect-speech.ts')).peak,
  detectSpeech: async () => {
    const { speechDetection } = await import('../transcribe/jobs/detect-speech.ts')
    return speechDetection((await import('../../sound/speech/detector.ts')).speechDetector)
  },
  readImage: async () => (await import('../read/jobs/read-image.ts')).readImage,
  encodeTexts: async () => (await import('../encode/worker/encode-texts.ts')).encodeTexts,
}

/** How models of other kinds are opened, by the kind of job for which a pool is loaded. */
const openings: Readonly<Record<string, OpenWorkerModel>> = {
  encodeTexts: async (start, player) => (await import('../encode/worker/open-encoder.ts')).openEncoder(start, player),
}

export const work = (start: WorkerStart): void => workOn(start, kinds, openings[start.kind])

if (isWorkerStart(workerData)) {
  lowerPriority()
  const start = workerData
  // In the package, what this file requires on first use requires the whole of it.
  queueMicrotask(() => work(start))
}
