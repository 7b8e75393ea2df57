import { type Command, Option } from 'commander'
import { languageFlags } from '../flags/corpus-options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { presets } from '../train/options.ts'
import { type DistillCommandOptions, distillSettings, studentFlags } from './options.ts'

const EXAMPLES = `
The teacher translates the sources of the pairs with beams (sequence-level
distillation, Kim and Rush 2016, 3.3), a student learns from its translations,
and the student's folder gets a shortlist and weights in int8. Pairs are held
out before, and none of their sentences is translated or trained on: on these,
or on --test, teacher and student are measured side by side.

The output folder has translated.tsv, held-out.tsv, the training with its
report.html, and model, the student. Stopped or killed at any moment, the same
command goes on where it was, and ends with the same bits.

Examples:
  $ glassformer distill --teacher Helsinki-NLP/opus-mt-fr-en --pairs pairs.tsv.gz --output student
  $ glassformer distill --teacher large/model --pairs our.tmx --source-language fr --target-language en --preset tiny --steps 5000 --output small
  $ glassformer translate --model student/model --beams 1 --shortlist "Je suis étudiant."`

export function addDistill(program: Command): void {
  const command = program
    .command('distill')
    .description('make a small, fast model that translates like a large one')
    .requiredOption('--teacher <model>', 'model folder, or the name of a model that glassformer pull has downloaded')
    .requiredOption(
      '--pairs <file>',
      'sentence pairs, TSV or as the name ends: .jsonl, .tmx, .xlf, .xliff, .po; the targets choose among translations',
    )
    .requiredOption('-o, --output <folder>', 'the folder of all steps, whose model is the student')
  for (const [flags, description] of Object.values(languageFlags)) command.option(flags, description)
  command
    .addOption(new Option('--preset <size>', 'size and training of the student').choices(presets).default('student'))
    .option(
      '--test <table>',
      'sources and references to measure with, as glassformer evaluate takes them (default: the pairs held out)',
    )
  addFlags(command, distillSettings)
  addFlags(command, studentFlags)
    .option('--json', 'print one JSON object of the figures')
    .option('--progress', 'show a progress line also where standard error is no terminal')
    .option('--no-progress', 'print lines also on a terminal')
    .addHelpText('after', EXAMPLES)
    .action(async (options: DistillCommandOptions, command: Command) => {
      if (options.steps !== undefined && options.epochs !== undefined)
        command.error('error: give --steps or --epochs: not both')
      const { distill } = await import('./run.ts')
      await distill(options)
    })
}
