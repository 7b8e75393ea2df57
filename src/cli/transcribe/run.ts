import { dirname } from 'node:path'
import { speechLanguage } from '../../base/choices/speech-languages.ts'
import { GlassformerError } from '../../base/errors.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import type { CueOptions } from '../../sound/transcript/cues.ts'
import { type Transcript, translated } from '../../sound/transcript/transcript.ts'
import { type TranscriptFormat, transcriptWriters } from '../../sound/transcript/writers.ts'
import type { LiveOptions, TranscribeOptions } from '../../use/transcribe/options.ts'
import { Transcriber } from '../../use/transcribe/transcriber.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { lineOf } from '../terminal/failure.ts'
import { cueFlags, liveFlags, loadFlags, speechFlags, type TranscribeCommandOptions } from './options.ts'
import { type SoundJob, soundJobs } from './sound-jobs.ts'
import { SoundProgress } from './sound-progress.ts'
import { speechModel } from './whisper-flags.ts'

/** Sounds that are transcribed at once, so that their windows share a batch. */
const AT_ONCE = 4

/** `glassformer transcribe`: writes down what is said in files and folders. */
export async function transcribeSounds(inputs: readonly string[], command: TranscribeCommandOptions): Promise<void> {
  const jobs = soundJobs(inputs, command.output, formatsOf(command))
  const cues = givenBy(cueFlags, command) as CueOptions
  const options = optionsOf(command, cues)
  const ofLive = givenBy(liveFlags, command)
  const [useless] = command.live ? [] : Object.keys(ofLive)
  if (useless) throw new GlassformerError('ERR_OPTION', `--${useless} belongs to --live: give both, or neither`)
  const transcriber = await Transcriber.load(speechModel(command.model), givenBy(loadFlags, command))
  if (command.live) return live(jobs, transcriber, { ...options, ...ofLive } as LiveOptions)
  const progress = await SoundProgress.open(jobs.length, isShown(command, jobs))
  const job = async (index: number) => {
    const told = {
      ...options,
      progress: (reached: { done: number; total: number | undefined }) => progress.reached(index, reached),
    }
    await done(jobs[index], { transcriber, options: told, cues, format: formatsOf(command)[0] }, progress)
    progress.finished()
  }
  try {
    await eachOf(jobs.length, job)
  } finally {
    progress.end()
    await transcriber.close()
  }
}

/** Prints what is said as it becomes certain; on a terminal, what is not certain yet stands after it. */
async function live([{ input }]: SoundJob[], transcriber: Transcriber, options: LiveOptions): Promise<void> {
  const isShown = process.stdout.isTTY
  try {
    const sound = input ?? (process.stdin as AsyncIterable<Uint8Array>)
    let begins = true
    for await (const { text, pending } of transcriber.live(sound, options)) {
      process.stdout.write(`${isShown ? ERASE : ''}${begins ? text.trimStart() : text}`)
      begins &&= text === ''
      if (isShown) process.stdout.write(`${SAVE}${QUIET}${pending}${USUAL}${RESTORE}`)
    }
    process.stdout.write(`${isShown ? ERASE : ''}\n`)
  } finally {
    await transcriber.close()
  }
}

// Codes of a terminal: erase after the cursor; save and restore the cursor; quiet letters, and usual ones.
const [ERASE, SAVE, RESTORE, QUIET, USUAL] = ['\x1b[J', '\x1b7', '\x1b8', '\x1b[2m', '\x1b[22m']

/** Runs `work` for 0 … count − 1, a few at a time. */
async function eachOf(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const runner = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(count, AT_ONCE) }, runner))
}

interface Work {
  transcriber: Transcriber
  options: TranscribeOptions
  cues: CueOptions
  /** The format of standard output. */
  format: TranscriptFormat
}

/** Does a job. Where a sound cannot be read, standard error says why, and the command fails at its end. */
async function done({ input, outputs }: SoundJob, work: Work, progress: SoundProgress): Promise<void> {
  try {
    const sound = input ?? (process.stdin as AsyncIterable<Uint8Array>)
    const transcript = await work.transcriber.transcribe(sound, work.options)
    if (!outputs.length) progress.end()
    for (const { path, format } of outputs) {
      makeFolder(dirname(path))
      replaceText(path, written(transcript, format, work.cues))
    }
    if (!outputs.length) process.stdout.write(written(transcript, work.format, work.cues))
  } catch (error) {
    if (!(error instanceof GlassformerError) || error.code === 'ERR_INTERNAL') throw error
    process.exitCode = 1
    const isNamed = input === null || error.message.startsWith(input)
    progress.say(lineOf(error, isNamed ? '' : `${input}: `))
  }
}

/** JSON holds the spoken text and the translation; the other formats have the one that was asked for. */
function written(transcript: Transcript, format: TranscriptFormat, cues: CueOptions): string {
  const shown = transcript.translation === undefined || format === 'json' ? transcript : translated(transcript)
  return transcriptWriters[format](shown, cues)
}

function formatsOf(command: TranscribeCommandOptions): TranscriptFormat[] {
  const all = Object.keys(transcriptWriters) as TranscriptFormat[]
  if (command.outputFormat === 'all') return all
  const asked = all.filter((format) => command[format] || command.outputFormat === format)
  return asked.length ? asked : ['txt']
}

/** Subtitles that are cut by words need the times of words. */
function optionsOf(command: TranscribeCommandOptions, cues: CueOptions): TranscribeOptions {
  const given = givenBy(speechFlags, command) as TranscribeOptions
  const needsWords = cues.highlightWords || cues.maxWordsPerLine !== undefined || cues.maxLineCount !== undefined
  const { temperatureIncrementOnFallback: step } = command
  const isEnglish = speechLanguage(given.translateTo ?? '') === 'en'
  const translator = command.translator ?? (isEnglish ? 'fr-en' : undefined)
  return {
    ...given,
    ...(given.translateTo !== undefined && { translator }),
    ...((command.words || needsWords) && { timestamps: 'words' }),
    ...(step !== undefined && { temperature: temperaturesFrom(given.temperature, step) }),
  }
}

/** 0.2 and a step of 0.4: 0.2, 0.6, 1. */
function temperaturesFrom(given: TranscribeOptions['temperature'], step: number): number[] {
  const first = (typeof given === 'number' ? given : given?.[0]) ?? 0
  if (!(step > 0)) return [first]
  return Array.from({ length: Math.floor((1 - first) / step + 1e-6) + 1 }, (_, i) =>
    Number((first + i * step).toFixed(6)),
  )
}

const isShown = ({ progress }: TranscribeCommandOptions, jobs: readonly SoundJob[]): boolean =>
  progress ?? (process.stderr.isTTY && (jobs[0].outputs.length > 0 || !process.stdout.isTTY))
