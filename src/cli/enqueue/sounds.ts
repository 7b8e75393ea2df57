import { dirname } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { counted } from '../../base/values/number-text.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import { enqueueSounds } from '../../service/queue/enqueue-sounds.ts'
import { lineOf } from '../terminal/failure.ts'
import { soundJobs } from '../transcribe/sound-jobs.ts'
import type { EnqueueCommandOptions } from './options.ts'

/** `glassformer enqueue --sound`: adds sounds to a queue and, with `output`, writes their transcripts as they come. */
export async function enqueueSoundFiles(path: string, command: EnqueueCommandOptions): Promise<void> {
  const { output, queue, model, attempts, backoff, keep, beams, language, task, words } = command
  const { outputFormat = 'txt' } = command
  const search = { beams, language, task, ...(words && { timestamps: 'words' as const }) }
  const options = { queue, model, attempts, backoff, keep, outputFormat, ...search }
  const jobs = soundJobs([path], output ?? '.', [outputFormat])
  const done = jobs.map(async ({ input, outputs: [{ path: into }] }) => {
    const enqueued = await enqueueSounds(present(input), options)
    if (output === undefined) return
    const [{ text, error }] = await enqueued.result()
    if (error) {
      process.exitCode = 1
      return void process.stderr.write(`${lineOf(new GlassformerError(error.code, error.message))}\n`)
    }
    makeFolder(dirname(into))
    replaceText(into, text)
  })
  await Promise.all(done)
  if (output === undefined) process.stderr.write(`glassformer: ${counted(jobs.length, 'sound')} in the queue\n`)
}
