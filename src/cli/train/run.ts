import { join } from 'node:path'
import { counted, whole } from '../../base/values/number-text.ts'
import type { PlayerInfo } from '../../engine/backend/interface/backend.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import type { JsonObject } from '../../formats/json/json-text.ts'
import { cleanCorpus } from '../../learn/train/pairs/cleaning.ts'
import type { Pair } from '../../learn/train/pairs/corpus.ts'
import { launchOf } from '../../learn/train/ranks/open-ranks.ts'
import { type MetricsLine, readMetrics } from '../../learn/train/report/metrics.ts'
import { RunReport } from '../../learn/train/report/run-report.ts'
import { hasMade } from '../../learn/train/run-folder.ts'
import type { TrainConfig } from '../../learn/train/settings/config.ts'
import { readSettings } from '../../learn/train/settings/stored-settings.ts'
import type { Scores } from '../../learn/train/step/validation.ts'
import { type TrainListener, type TrainResult, type TrainStart, train } from '../../learn/train/train.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { corpusOf, pairsNamed, withShare } from '../flags/corpus-options.ts'
import { isBilingual, withLanguagesOf } from '../flags/model-languages.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'
import { translatePairs } from '../lines/translated-pairs.ts'
import { isProgressShown } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'
import { shellWord } from '../terminal/shell-word.ts'
import { type FinishedTraining, finishedTraining, refuseChanges } from './finished-training.ts'
import { reportSettings, type TrainCommandOptions } from './options.ts'
import { stepsText, TrainProgress } from './progress.ts'
import { changesFrom, settingsFor } from './settings.ts'

/** mpirun passes SIGUSR2 on to its ranks and does not end them soon after. */
const statuses = { SIGINT: 130, SIGTERM: 143, SIGUSR2: 140 } as const
const names = Object.keys(statuses) as (keyof typeof statuses)[]

/**
 * Ends a training gracefully: once this object listens, the first Ctrl-C, SIGTERM or SIGUSR2 fires `signal`. Before
 * that, and at a second signal, the system ends the process at once, even while JavaScript is busy with a vocabulary or
 * a step.
 */
export class SoftEnd {
  readonly #controller = new AbortController()
  readonly #heard: () => void
  /** The exit status for the received signal. */
  status: number | null = null

  constructor(heard: () => void) {
    this.#heard = heard
    leaveToSystem()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  listen(): void {
    for (const name of names)
      process.on(name, () => {
        leaveToSystem()
        this.status = statuses[name]
        this.#heard()
        this.#controller.abort()
      })
  }
}

function leaveToSystem(): void {
  for (const name of names) process.removeAllListeners(name)
}

/** `glassformer train`. */
export async function trainFiles(path: string | undefined, options: TrainCommandOptions): Promise<void> {
  const { text } = await runTraining(path, options)
  if (text) console.log(text)
}

/** How a training ended. */
export interface TrainingEnd {
  /** The folder of the model; null where the training was stopped. */
  model: string | null
  /** The output of the command; nothing in a rank other than rank 0. */
  text: string
}

/** Trains, with its progress on standard error and its report in the folder. */
export async function runTraining(path: string | undefined, given: TrainCommandOptions): Promise<TrainingEnd> {
  const { from, validation, mix, rehearse } = given
  const isTold = from === undefined || !isBilingual(given, validation, mix, rehearse)
  const asked = isTold ? given : withLanguagesOf(from, given)
  const options = rehearse === undefined ? asked : await rehearsed(asked, rehearse)
  const { output, backend, precision, threads } = options
  const stored = begunWith(path, options)
  const config = settingsFor(path, options, stored)
  const changes = changesFrom(stored, config)
  const finished = finishedTraining(output, config)
  const isFirst = (launchOf(process.env)?.rank ?? 0) === 0
  if (finished) {
    refuseChanges(output, finished, changes)
    return { model: join(output, 'model'), text: isFirst ? finishedText(output, finished) : '' }
  }
  if (!isFirst) return trainSilently(config, options)

  const redraw = isProgressShown(options.progress)
  const progress = new TrainProgress(await RedrawnLine.open(), {
    logEvery: options.logEvery ?? reportSettings.logEvery.default,
    redraw,
  })
  const earlier = readMetrics(output)
  const report = new RunReport(output)
  const end = new SoftEnd(() => progress.say('stopping after this step; once more to stop at once'))
  let example: string | undefined
  let steps = ''
  const hearing: TrainListener = {
    started({ step, config, validation, backend }) {
      for (const change of [...changes, ...changesOfPlayer(earlier, step, backend)]) progress.say(`changed: ${change}`)
      example = validation[0]?.source
      steps = stepsText(config.training)
      end.listen() // before this point there is nothing to save
    },
  }
  try {
    const listener = told([progress, report, hearing])
    const result = await train(config, output, { backend, precision, threads, signal: end.signal }, listener)
    report.ended(result)
    progress.end()
    if (result.model) return { model: result.model, text: doneText(output, result, example) }
    if (end.status !== null) process.exitCode = end.status // else another rank has received the signal
    const text = `stopped at step ${whole(result.step)} of ${steps}, saved; to resume:\n  ${command('train', '--output', output)}`
    return { model: null, text }
  } catch (error) {
    report.failed(error)
    throw error
  } finally {
    progress.end()
  }
}

/** A rank other than rank 0 under mpirun; only rank 0 reports. */
async function trainSilently(config: TrainConfig, options: TrainCommandOptions): Promise<TrainingEnd> {
  const { output, backend, precision, threads } = options
  const end = new SoftEnd(() => {})
  end.listen()
  const { ended, model } = await train(config, output, { backend, precision, threads, signal: end.signal })
  if (ended === 'stopped' && end.status !== null) process.exitCode = end.status
  return { model, text: '' }
}

/** Reports that another backend computed the steps so far, because the remaining steps then differ in their bits. */
function changesOfPlayer(earlier: readonly MetricsLine[], step: number, { backend, isa, products }: PlayerInfo) {
  const before = earlier.findLast((line) => line.kind === 'session' && line.step < step)
  if (before?.kind !== 'session') return []
  const [was, is] = [`${before.backend}, ${before.precision}`, `${backend} ${isa}, ${products}`]
  return was === is ? [] : [`played by ${is} (it was ${was}): the result is not that of an uninterrupted run`]
}

/**
 * The settings of the training in the folder. Null where the folder has none, or where that training has made nothing
 * yet and the command names training data, so that wrong settings have no lasting effect.
 */
function begunWith(path: string | undefined, options: TrainCommandOptions): TrainConfig | null {
  const saysAll = path !== undefined || corpusOf(options) !== undefined
  return saysAll && !hasMade(options.output) ? null : readSettings(options.output)
}

/** Joins listeners: each event is passed to all of them in turn. */
function told(listeners: readonly TrainListener[]): TrainListener {
  return {
    preparing: (what) => listeners.forEach((each) => each.preparing?.(what)),
    started: (start: TrainStart) => listeners.forEach((each) => each.started?.(start)),
    step: (report) => listeners.forEach((each) => each.step?.(report)),
    validation: (report) => listeners.forEach((each) => each.validation?.(report)),
    kept: (report) => listeners.forEach((each) => each.kept?.(report)),
  }
}

function finishedText(output: string, { step, longer }: FinishedTraining): string {
  const result = readMetrics(output).find((line) => line.kind === 'result')
  return [
    `${output} is a finished training of ${counted(step, 'step')}.`,
    ...(result ? [scoresText(result)] : []),
    whereabouts(output, result?.samples[0]?.source),
    `To train it for longer:\n  ${command('train', '--output', output, ...longer)}`,
    'To train anew, give another --output, or remove the folder.',
  ].join('\n')
}

const doneText = (output: string, { ended, step, scores }: TrainResult, example: string | undefined) =>
  [
    ended === 'patience'
      ? `done after ${counted(step, 'step')}: no validation was better any more`
      : `done: ${counted(step, 'step')}`,
    ...(scores ? [scoresText(scores)] : []),
    whereabouts(output, example),
  ].join('\n')

const scoresText = ({ loss, bleu, chrf, samples }: Scores) =>
  `unseen  loss ${loss.toFixed(3)} · ${samples.length ? `BLEU ${bleu.toFixed(2)} · chrF ${chrf.toFixed(2)}` : `perplexity ${Math.exp(loss).toFixed(2)}`}`

function whereabouts(output: string, example = 'A sentence to translate.'): string {
  const model = join(output, 'model')
  return [`report  ${join(output, 'report.html')}`, `model   ${model}${layoutOf(model)}`, toUse(model, example)].join(
    '\n',
  )
}

/** Advice on how to use a new model. */
function toUse(model: string, example: string): string {
  const config = readJsonObject(join(model, 'config.json'))
  if (isWriter(config)) return `To go on with a text:\n  ${command('generate', '--model', model, 'Once upon a time')}`
  if (config.latents !== undefined)
    return `To write the codes of pairs with it:\n  ${command('latents', model, '--encode', 'pairs.tsv')}`
  const hears = config.sound !== undefined || config.model_type === 'whisper'
  if (hears) return `To write sounds down with it:\n  ${command('transcribe', '--model', model, example)}`
  return `To translate with it:\n  ${command('translate', '--model', model, example)}`
}

/** Whether config.json is that of a decoder alone, of our own layout or the hub's. */
const isWriter = ({ kind, model_type }: JsonObject) => kind === 'decoderOnly' || model_type === 'gpt2'

/**
 * The notice about a folder that only Glassformer can load, because Marian does not support its settings or its
 * vocabulary.
 */
const layoutOf = (model: string): string =>
  readJsonObject(join(model, 'config.json')).model_type === 'glassformer' ? " (in Glassformer's own layout)" : ''

const command = (...words: string[]) => ['glassformer', ...words.map(shellWord)].join(' ')

/**
 * The options with the model's own translations as pairs to be mixed in. The translations are made once, in the folder
 * of the training.
 */
async function rehearsed(options: TrainCommandOptions, rehearse: string): Promise<TrainCommandOptions> {
  const { output, from, backend, threads } = options
  const { path, share } = withShare(rehearse)
  const translated = join(output, 'rehearsal.tsv')
  const mixed = { ...options, mix: share === undefined ? translated : `${translated}:${share}` }
  if (hasFile(translated)) return mixed
  makeFolder(output)
  const load = resolveLoadOptions({ backend, threads })
  const translator = await loadTextTranslator(from, load)
  try {
    await translatePairs(translated, sentencesOf(path, options), {
      translator,
      workers: load.workers,
      beams: 4,
      targets: 'best',
      progress: options.progress,
    })
  } finally {
    await translator.close()
  }
  return mixed
}

/** The sources of a file of pairs, where its name ends as one, or its lines. */
function sentencesOf(path: string, options: TrainCommandOptions): AsyncIterable<Pair> {
  if (/\.(?:tsv|jsonl|tmx|xlf|xliff|po)(?:\.gz)?$/i.test(path)) return cleanCorpus(pairsNamed(path, options))
  const texts = cleanCorpus({ format: 'text', path })
  return {
    async *[Symbol.asyncIterator]() {
      for await (const { target: text } of texts) yield { source: text, target: text }
    },
  }
}
