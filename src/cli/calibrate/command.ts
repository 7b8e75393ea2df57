import type { Command } from 'commander'
import { playFlags } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import type { CalibrateOptions } from './run.ts'

const EXAMPLES = `
Translates the sources of sentence pairs that the model was not trained on, and
learns from the log-probabilities of its tokens how probably a word is one that
people would write: one that a reference has. The folder gets a small file,
confidence.json, by which glassformer translate --json --confidence says it.
Without --test every second pair is held out; the expected calibration error of
the held-out words is printed, and a table of said and true probabilities.

Example:
  $ glassformer calibrate my-model --pairs valid.tsv.gz --test test.tsv.gz --picture reliability.svg`

export function addCalibrate(program: Command): void {
  const command = program
    .command('calibrate')
    .description('learn how probably the words of a model are right, and measure that')
    .argument('<model>', 'model folder, which gets confidence.json')
    .requiredOption('--pairs <file>', 'a table: a source, a tab and its references, packed or not')
    .option('--test <file>', 'a table by which the calibration is measured')
    .option('--picture <file>', 'write the reliability curve as SVG')
    .option('--json', 'print one JSON object')
  addFlags(command, playFlags)
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: CalibrateOptions) => {
      const { calibrate } = await import('./run.ts')
      await calibrate(model, options)
    })
}
