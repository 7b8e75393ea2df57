import { join } from 'node:path'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import { counted, whole } from '../../base/values/number-text.ts'
import { convertingFolder } from '../../files/folders/convert.ts'
import { modelDigest } from '../../files/folders/layout/model-digest.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { writeShortlist } from '../../files/folders/layout/shortlist-writer.ts'
import { loadFolder } from '../../files/folders/load.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import { readJsonObject } from '../../formats/disk/read-json.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import { type CleanPairs, cleanCorpus } from '../../learn/train/pairs/cleaning.ts'
import type { Pair } from '../../learn/train/pairs/corpus.ts'
import { chooseHeldOut, type HeldOut, withoutHeldOut } from '../../learn/train/pairs/held-out.ts'
import { dataSettings, trainingSettings } from '../../learn/train/settings/settings.ts'
import { learnShortlist } from '../../learn/train/shortlist/ibm1.ts'
import { lockFolder } from '../../learn/train/state/folder-lock.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { pairsNamed } from '../flags/corpus-options.ts'
import { isBilingual, withLanguagesOf } from '../flags/model-languages.ts'
import { givenBy } from '../flags/schema-flags.ts'
import { readTable } from '../lines/test-set.ts'
import { loadTextTranslator } from '../lines/text-translator.ts'
import { translatePairs } from '../lines/translated-pairs.ts'
import { shortlistSettings } from '../shortlist/options.ts'
import { PassLine } from '../terminal/pass-line.ts'
import { isProgressShown } from '../terminal/progress.ts'
import { RedrawnLine } from '../terminal/redrawn-line.ts'
import { shellWord } from '../terminal/shell-word.ts'
import { finished } from '../terminal/steps.ts'
import type { TrainCommandOptions } from '../train/options.ts'
import { runTraining } from '../train/run.ts'
import { type Figures, figuresOf, figuresTable } from './figures.ts'
import { type DistillCommandOptions, distillSettings } from './options.ts'

/** `glassformer distill`: each step leaves a file or a folder, and is passed over where that is there. */
export async function distill(given: DistillCommandOptions): Promise<void> {
  const options = isBilingual({}, given.pairs, given.test) ? withLanguagesOf(given.teacher, given) : given
  const { output, json } = options
  const teacher = await modelDigest(modelFolder(options.teacher)) // a wrong name leaves no folder
  makeFolder(output)
  const release = await lockFolder(output)
  try {
    const path = join(output, 'figures.json')
    checkSame(options, teacher)
    const model = hasFile(path) ? join(output, 'model') : await studentOf(options)
    if (model === null) return
    const figures = hasFile(path)
      ? (readJsonObject(path).figures as unknown as Figures[])
      : await measured(options, model)
    if (!hasFile(path)) replaceText(path, `${JSON.stringify({ figures }, null, 2)}\n`)
    if (json) return console.log(JSON.stringify({ model, figures }))
    if (figures.length) console.log(figuresTable(figures))
    console.log(`model   ${model}`)
    const example = 'A sentence to translate.'
    console.log(
      `To translate with it:\n  glassformer translate --model ${shellWord(model)} --beams 1 --shortlist '${example}'`,
    )
  } finally {
    release()
  }
}

/**
 * Compares what decides the translations with what the folder was begun with, and keeps it there.
 * @throws GlassformerError ERR_OPTION naming what differs
 */
function checkSame(options: DistillCommandOptions, teacher: string): void {
  const path = join(options.output, 'distillation.json')
  const { beams, targets } = read(distillSettings, givenBy(distillSettings, options), inOptions)
  const { heldOut, seed } = heldOutSettings(options)
  const now = { teacher, beams, targets, heldOut, seed }
  if (!hasFile(path)) return replaceText(path, `${JSON.stringify(now, null, 2)}\n`)
  const before = readJsonObject(path)
  const changes = Object.entries(now).filter(([name, value]) => before[name] !== value)
  if (changes.length)
    throw new GlassformerError(
      'ERR_OPTION',
      `${options.output} was begun with ${changes.map(([name, value]) => `${name} ${before[name]}, not ${value}`).join(', ')}: ` +
        'set it back, or give another --output',
    )
}

const heldOutSettings = (options: DistillCommandOptions) => ({
  heldOut: options.heldOut ?? dataSettings.heldOut.default,
  seed: options.seed ?? trainingSettings.seed.default,
})

/** The folder of the student; null where its training was stopped. */
async function studentOf(options: DistillCommandOptions): Promise<string | null> {
  const { pairs, output, test } = options
  const [translated, heldOutPath] = [join(output, 'translated.tsv'), join(output, 'held-out.tsv')]
  if (test !== undefined) await readTable(test, options) // errors come before the work
  const say = (text: string) => process.stderr.write(`${text}\n`)
  if (!hasFile(translated)) {
    say('reading the sentence pairs …')
    const all = cleanCorpus(pairsNamed(pairs, options))
    const heldOut = await heldOutFrom(all, options)
    const count = heldOut.validation.length
    if (count)
      replaceText(heldOutPath, heldOut.validation.map(({ source, target }) => `${source}\t${target}\n`).join(''))
    say(`${counted(all.report.read, 'pair')}, ${whole(all.report.kept)} of them kept, ${whole(count)} to measure with`)
    await translateBy(options, count ? withoutHeldOut(all, heldOut) : all, translated)
  }
  const { model: trained, text } = await runTraining(undefined, {
    ...trainingOptions(options),
    tsv: translated,
    output: join(output, 'training'),
    ...(hasFile(heldOutPath) ? { validation: heldOutPath } : { heldOut: 0 }),
  })
  if (trained === null) {
    console.log(text.replace(/; to resume:[\s\S]*/, '; the same command goes on'))
    return null
  }
  const model = join(output, 'model')
  await finished(convertingFolder(trained, model, 'int8'))
  await addShortlist(model, translated, options)
  return model
}

/** The pairs to measure with: at most a tenth of all. */
async function heldOutFrom(all: CleanPairs, options: DistillCommandOptions): Promise<HeldOut> {
  const { heldOut: wanted, seed } = heldOutSettings(options)
  const chosen = await chooseHeldOut(all, { wanted, seed })
  const most = Math.floor(all.report.kept / 10)
  return chosen.validation.length > most ? chooseHeldOut(all, { wanted: most, seed }) : chosen
}

async function translateBy(options: DistillCommandOptions, pairs: AsyncIterable<Pair>, path: string): Promise<void> {
  const { teacher, backend, workers } = options
  const load = resolveLoadOptions({ backend, workers })
  const translator = await loadTextTranslator(teacher, load)
  try {
    await translatePairs(path, pairs, {
      ...read(distillSettings, givenBy(distillSettings, options), inOptions),
      translator,
      workers: load.workers,
      progress: options.progress,
    })
  } finally {
    await translator.close()
  }
}

/** The options of the student's training: those that are not of another step. */
function trainingOptions(options: DistillCommandOptions): Omit<TrainCommandOptions, 'output'> {
  const { teacher, pairs, sourceLanguage, targetLanguage, test, beams, targets, heldOut, workers, json, ...training } =
    options
  return training
}

async function addShortlist(model: string, translated: string, options: DistillCommandOptions): Promise<void> {
  const { config, tokenizer } = loadFolder(model)
  const settings = read(shortlistSettings, {}, inOptions)
  const line = new PassLine(await RedrawnLine.open(), settings.iterations)
  const reached = isProgressShown(options.progress) ? line.reached.bind(line) : undefined
  const pairs = cleanCorpus({ format: 'tsv', path: translated })
  const shortlist = await learnShortlist(pairs, present(createTokenizer(tokenizer)), config, {
    ...settings,
    reached,
  }).finally(() => line.end())
  writeShortlist(model, shortlist)
}

/** Teacher and student on the same sentences, as each is used; none without sentences to measure with. */
async function measured(options: DistillCommandOptions, model: string): Promise<Figures[]> {
  const { output, teacher, backend, workers, progress } = options
  const heldOut = join(output, 'held-out.tsv')
  if (options.test === undefined && !hasFile(heldOut)) return []
  const { beams } = read(distillSettings, givenBy(distillSettings, options), inOptions)
  const playing = { backend, workers, progress }
  const beamsText = counted(beams, 'beam')
  return figuresOf(await readTable(options.test ?? heldOut, options), [
    { name: `teacher, ${beamsText}`, model: teacher, beams, ...playing },
    { name: 'teacher, 1 beam', model: teacher, beams: 1, ...playing },
    { name: `student in int8, ${beamsText}`, model, beams, ...playing },
    { name: 'student in int8, 1 beam, shortlist', model, beams: 1, shortlist: true, ...playing },
  ])
}
