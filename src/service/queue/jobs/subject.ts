import { GlassformerError } from '../../../base/errors.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { readFolder } from '../../../files/folders/load.ts'
import { transcriptWriters } from '../../../sound/transcript/writers.ts'
import { Transcriber } from '../../../use/transcribe/transcriber.ts'
import { PoolTranslator, translateEach } from '../../../use/translate/calls/index.ts'
import type { LoadOptions } from '../../../use/translate/options/options.ts'
import type { Job } from './job.ts'
import { type QueuedTranslation, resultOf } from './result.ts'

/** The signal and the most milliseconds of an attempt. */
interface Attempt {
  signal: AbortSignal
  timeout: number
}

/** The model of a worker, and what it makes of a job. */
export interface Subject {
  /** Its folder. */
  readonly path: string
  /** Null for a model of speech, which has no statistics. */
  readonly translator: PoolTranslator | null
  /** The outcome of each text, or of each path of a sound. @throws GlassformerError ERR_JOB for a job of the other kind */
  run(job: Job, attempt: Attempt): Promise<QueuedTranslation[]>
  close(): Promise<void>
}

/** Loads the model of a worker: a translator, or one that writes down sounds. @throws GlassformerError as `Translator.load` */
export async function loadSubject(model: string | undefined, load: LoadOptions): Promise<Subject> {
  const hears = readFolder(modelFolder(model)).config.sound !== undefined
  return hears
    ? hearing(await Transcriber.load(modelFolder(model), load))
    : translating(await PoolTranslator.load(model, load))
}

async function translating(translator: PoolTranslator): Promise<Subject> {
  const { path, hasTokenizer } = translator.model
  if (!hasTokenizer) {
    await translator.close()
    throw new GlassformerError('ERR_OPTION', `${path} has no tokenizer, which the texts of jobs need`)
  }
  return {
    path,
    translator,
    async run({ texts, options, sound }, attempt) {
      if (sound) throw new GlassformerError('ERR_JOB', `the job is of sounds, and ${path} translates texts`)
      return (await translateEach(texts, translator, { ...options, ...attempt })).map(resultOf)
    },
    close: () => translator.close(),
  }
}

/** Errors of one sound, which are no failure of its job. */
const ofSound = ['ERR_AUDIO_FORMAT', 'ERR_FFMPEG', 'ERR_FILE', 'ERR_INPUT']

function hearing(transcriber: Transcriber): Subject {
  const { path } = transcriber.model
  return {
    path,
    translator: null,
    async run({ texts, sound }, attempt) {
      if (!sound) throw new GlassformerError('ERR_JOB', `the job is of texts, and ${path} writes down sounds`)
      const { outputFormat = 'txt', ...options } = sound
      const heard = async (file: string): Promise<QueuedTranslation> => {
        try {
          const transcript = await transcriber.transcribe(file, { ...options, ...attempt })
          return { text: transcriptWriters[outputFormat](transcript), score: null }
        } catch (error) {
          if (!(error instanceof GlassformerError) || !ofSound.includes(error.code)) throw error
          return { text: '', score: null, error: { code: error.code, message: error.message } }
        }
      }
      return Promise.all(texts.map(heard))
    },
    close: () => transcriber.close(),
  }
}
