import { type Command, Option } from 'commander'
import { modelOption } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { type InspectCommandOptions, modelFlags, pageFlags } from './options.ts'

const EXAMPLES = `
The page shows what the model computes for a sentence of yours: the whole
machine, attention, every head, a neuron's numbers, decoding step by step, the
beam tree, position encodings, the logit lens, and experiments. Its address in
the browser says what is shown: copied, it leads there again. Ctrl-C ends it.

Examples:
  $ glassformer inspect
  $ glassformer inspect "Je suis étudiant." --open
  $ glassformer inspect --model ./mine --compare fr-en --port 8080
  $ glassformer inspect "Je suis étudiant." --export inside.html
  $ glassformer inspect --training my-run "Je suis étudiant."   # trained with --keep 100, say`

export function addInspect(program: Command): void {
  const command = program
    .command('inspect')
    .description('show what the model computes for a sentence, on a page in the browser')
    .argument('[text]', 'the sentence to begin with', 'Je suis étudiant.')
    .addOption(modelOption())
    .option('--compare <folder>', 'a second model, to look at beside the first')
    .addOption(
      new Option(
        '--training <folder>',
        'the folder of a training, finished or not: how it has learned the sentence, checkpoint by checkpoint',
      ).conflicts(['model', 'compare', 'precision']),
    )
  addFlags(command, pageFlags)
    .option('--open', 'open the page in the browser')
    .addOption(
      new Option('--export <file.html>', 'write a file that shows this sentence without a server, and end').conflicts([
        'port',
        'open',
        'compare',
      ]),
    )
  addFlags(command, modelFlags)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: InspectCommandOptions) => {
      const { inspectText } = await import('./run.ts')
      await inspectText(text, options)
    })
}
