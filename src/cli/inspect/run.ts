import { spawn } from 'node:child_process'
import { basename } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { lastOf } from '../../base/present.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { readFolder } from '../../files/folders/load.ts'
import { replaceFile } from '../../formats/disk/replace-file.ts'
import { ModelInspector } from '../../look/inspect/model-inspector.ts'
import { TrainingInspector } from '../../look/inspect/training-inspector.ts'
import { traceToJson } from '../../trace/data/json.ts'
import { ownNames } from '../../trace/edits/tensor-names.ts'
import { Transcriber } from '../../use/transcribe/transcriber.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { Translator } from '../../use/translate/translator.ts'
import { mostThreads } from '../../workers/index.ts'
import { checkTakesTexts } from '../lines/text-translator.ts'
import { speechModel } from '../transcribe/whisper-flags.ts'
import { type ExportedRun, exportedPage } from './exported-page.ts'
import { type InspectedModel, inspectedModels } from './inspected-model.ts'
import { listeningPage } from './listening-page.ts'
import type { InspectCommandOptions } from './options.ts'
import { serveInspector, servePage } from './server.ts'

/** Stands between a source and its translation. */
const BETWEEN = '|||'

const isAutoencoder = (folder: string): boolean => readFolder(modelFolder(folder)).config.latents !== undefined

/** An autoencoder on the page: the sentence is a source, |||, and the translation that it writes again. */
function autoencoderModel(
  folder: string,
  { backend, precision, threads }: InspectCommandOptions,
): { model: InspectedModel; close(): void } {
  const load = resolveLoadOptions({ backend, precision, threads })
  const inspector = ModelInspector.load(folder, {
    backend: load.backend,
    precision: load.precision,
    threads: mostThreads(load.threads),
  })
  const model: InspectedModel = {
    name: basename(modelFolder(folder)),
    ownNames: ownNames(inspector.weights.config),
    async inspect(pair, options, signal) {
      const [source, target, ...more] = pair.split(BETWEEN).map((text) => text.trim())
      if (!target || more.length)
        throw new GlassformerError(
          'ERR_INPUT',
          `an autoencoder writes a given translation again: give a source, ${BETWEEN}, and its translation: "Je suis étudiant. ${BETWEEN} I am a student."`,
        )
      return traceToJson(inspector.inspect(source, { target, ...options, signal }))
    },
  }
  return { model, close: () => inspector.close() }
}

/** The checkpoints of a training as models, the latest first. */
const checkpointModels = (inspector: TrainingInspector): InspectedModel[] =>
  [...inspector.steps].reverse().map((step) => ({
    name: `step ${step}`,
    step,
    ownNames: ownNames(inspector.weights.config),
    inspect: async (source, options, signal) => traceToJson(inspector.inspect(step, source, { ...options, signal })),
  }))

/**
 * The requests of the training view for a sentence: at each checkpoint, the latest checkpoint's translation and the
 * checkpoint's own.
 */
function trainingRuns(inspector: TrainingInspector, source: string): ExportedRun[] {
  const target = inspector.inspect(lastOf(inspector.steps), source).target.ids
  return checkpointModels(inspector).flatMap(({ name: model }, i) => {
    const run = { model, source, beams: null, lengthPenalty: null, headsOff: [], forced: [] }
    return [
      { run, model, source, options: {}, ...(i > 0 && { tensors: [] }) },
      { run: { ...run, target }, model, source, options: { target }, tensors: ['**.weights'] },
    ]
  })
}

/** The models that the page can query, and the runs that an exported file shows. */
interface Subject {
  models: InspectedModel[]
  runs(): ExportedRun[]
  /** The view that opens first; '': the first one. */
  start: string
  close(): void | Promise<void>
}

/** `glassformer inspect`: serves the page until the process is stopped, or writes it into a file. */
export async function inspectText(text: string, command: InspectCommandOptions): Promise<void> {
  const { training, port = 0, open, export: file } = command
  const subject = await (training === undefined ? modelsOf(text, command) : checkpointsOf(training, text, command))
  const { models, start } = subject
  if (file !== undefined) {
    const html = await exportedPage({ runs: subject.runs(), start }, models, new AbortController().signal)
    replaceFile(file, [Buffer.from(html)])
    return subject.close()
  }
  const { url } = await serveInspector({ models, source: text, start, port })
  const names = training === undefined ? models.map(({ name }) => name).join(' and ') : training
  console.log(`${names}: ${url}  (Ctrl-C ends it)`)
  if (open) openInBrowser(url)
}

/** `glassformer inspect --sound`: a page that shows how a model listens to a sound. */
export async function inspectSound(sound: string, command: InspectCommandOptions): Promise<void> {
  const { model, language, port = 0, open, export: file, backend, precision, threads } = command
  const load = { backend, precision, threads }
  await using transcriber = await Transcriber.load(speechModel(model ?? 'openai/whisper-base'), load)
  const listening = await transcriber.listen(sound, { language })
  const page = listeningPage(listening, { name: basename(sound), model: transcriber.model.name })
  if (file !== undefined) return replaceFile(file, [Buffer.from(page.html)])
  const { url } = await servePage(page, port)
  console.log(`${sound}: ${url}  (Ctrl-C ends it)`)
  if (open) openInBrowser(url)
}

async function modelsOf(source: string, command: InspectCommandOptions): Promise<Subject> {
  const { model: folder, compare, backend, precision, threads, tokenizer, mergeAdapter, adapters, adapter } = command
  if (folder !== undefined && isAutoencoder(folder)) {
    const { model, close } = autoencoderModel(folder, command)
    return subjectOf([model], source, close)
  }
  const load = resolveLoadOptions({ backend, precision, threads, tokenizer, adapter: mergeAdapter, adapters })
  const folders = compare === undefined ? [folder] : [folder, compare]
  const translators = await Promise.all(folders.map((each) => Translator.load(each, load)))
  for (const translator of translators) await checkTakesTokens(translator)
  const close = async () => void (await Promise.all(translators.map((translator) => translator.close())))
  return subjectOf(inspectedModels(translators, adapter), source, close)
}

function subjectOf(models: InspectedModel[], source: string, close: Subject['close']): Subject {
  const [{ name: model }] = models
  const run = { model, source, beams: null, lengthPenalty: null, headsOff: [], forced: [] }
  return { models, runs: () => [{ run, model, source, options: {} }], start: '', close }
}

/** @throws GlassformerError ERR_OPTION where the model has neither a tokenizer nor a vocabulary */
async function checkTakesTokens(translator: Translator): Promise<void> {
  const { path, hasTokenizer } = translator.model
  if (!hasTokenizer) await translator.vocabulary().catch(() => checkTakesTexts(path, false))
}

async function checkpointsOf(
  folder: string,
  source: string,
  { backend, threads }: InspectCommandOptions,
): Promise<Subject> {
  const load = resolveLoadOptions({ backend, threads })
  const inspector = await TrainingInspector.open(folder, { backend: load.backend, threads: mostThreads(load.threads) })
  return {
    models: checkpointModels(inspector),
    runs: () => trainingRuns(inspector, source),
    start: 'training',
    close: () => inspector.close(),
  }
}

/** Where no browser can be opened, the printed address has to do. */
function openInBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => process.stderr.write(`glassformer: there is no ${command} to open the page with\n`))
  child.unref()
}
