import { type Command, Option } from 'commander'
import { trainOptions } from '../../learn/train/settings/train-options.ts'
import { corpusFlags, wrongCorpus } from '../flags/corpus-options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { flaggedSettings, presets, reportSettings, soundFlags, type TrainCommandOptions, textFlags } from './options.ts'

const EXAMPLES = `
Options count more than the settings of the file, and --preset less. The output
folder gets the vocabulary, checkpoints, metrics.jsonl, curves.svg, report.html,
and at the end the model.

Ctrl-C (or SIGTERM, or SIGUSR2) finishes the step, saves and ends; the same
command, or --output alone, resumes there as if there had been no
interruption. A second Ctrl-C ends at once: then the latest checkpoint counts.

Examples:
  $ glassformer train --tsv pairs.tsv --output my-model             # a source, a tab and its translation on each line
  $ glassformer train --source train.fr.gz --target train.en.gz --preset tiny --steps 3000 --output my-model
  $ glassformer train settings.json --output my-model --learning-rate 5e-4
  $ glassformer train --from fr-en --tsv medical.tsv --learning-rate 2e-4 --steps 2000 --output medical
  $ glassformer train --from fr-en --tmx our.tmx --mix general.tsv:0.5 --output ours
  $ glassformer train --from fr-en --lora 16 --tsv legal.tsv --steps 1000 --output legal
  $ glassformer train --teacher large/model --tsv pairs.tsv --preset tiny --output small
  $ glassformer train --from whisper-base --audio pairs.tsv --audio-language fr --learning-rate 1e-5 --output mine
  $ glassformer train --text book.txt --text-unit documents --output writer
  $ glassformer train --output my-model                             # resumes
  $ glassformer train --output my-model --steps 40000               # trains for longer
  $ mpirun -n 4 glassformer train --tsv pairs.tsv --accumulate 4 --output my-model`

/** The headings of flags in help, by the groups of settings. */
const headings: Record<keyof typeof flaggedSettings, string> = {
  data: 'Pairs:',
  vocabulary: 'Vocabulary of a new model:',
  model: 'Shape of a new model:',
  lora: 'Low-rank adapter:',
  training: 'Training:',
  validation: 'Measuring:',
}

export function addTrain(program: Command): void {
  const command = program
    .command('train')
    .description('train a translator from sentence pairs, or a writer from plain text, or resume a training')
    .argument('[config]', 'JSON file of settings, which docs/training.md lists')
    .requiredOption('-o, --output <folder>', 'the folder of this training')
  for (const [flags, description] of Object.values(corpusFlags)) command.option(flags, description)
  command
    .option('--from <model>', 'train this model folder, or fr-en, further, in place of a new one')
    .option(
      '--validation <file>',
      'pairs to measure with, in TSV or as the name ends (.jsonl, .tmx, .xlf, .po), or texts with --text (default: some are held out)',
    )
    .option(
      '--mix <file:share>',
      'other pairs, mixed among these against forgetting, as the name of the file ends: general.tsv:0.5 are half of all pairs',
    )
    .option(
      '--rehearse <file:share>',
      'the same with translations of its own: the model of --from translates the sentences of the file, one a line or those of pairs, before the training',
    )
    .addOption(
      new Option(
        '--preset <size>',
        'model, vocabulary, steps and rate of this size, where nothing else says them (default: small)',
      ).choices(presets),
    )
  addFlags(command, textFlags)
  addFlags(command, soundFlags)
  for (const [group, schema] of Object.entries(flaggedSettings))
    addFlags(command, schema, headings[group as keyof typeof flaggedSettings])
  addFlags(command, reportSettings)
    .option('--watch <texts...>', 'sentences whose translations the report shows as they change')
    .option('--progress', 'show a progress line also where standard error is no terminal')
    .option('--no-progress', 'print lines also on a terminal')
  addFlags(command, trainOptions, 'Machine:')
    .addHelpText('after', EXAMPLES)
    .action(async (config: string | undefined, options: TrainCommandOptions, command: Command) => {
      const wrong = wrongUsage(options)
      if (wrong) command.error(`error: ${wrong}`)
      const { trainFiles } = await import('./run.ts')
      await trainFiles(config, options)
    })
}

function wrongUsage(options: TrainCommandOptions): string | null {
  const ofTexts = options.textUnit !== undefined ? '--text-unit' : options.separator !== undefined && '--separator'
  if (ofTexts && options.text === undefined) return `${ofTexts} belongs to --text`
  if (options.mix !== undefined && options.rehearse !== undefined) return 'give --mix or --rehearse: not both'
  if (options.rehearse !== undefined && options.from === undefined)
    return '--rehearse needs --from, the model that rehearses'
  if (options.steps !== undefined && options.epochs !== undefined) return 'give --steps or --epochs: not both'
  return wrongCorpus(options)
}
