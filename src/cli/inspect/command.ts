import { type Command, Option } from 'commander'
import { modelOption } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { adapterFlag, type InspectCommandOptions, modelFlags, pageFlags } from './options.ts'

const EXAMPLES = `
The page shows what the model computes for a sentence of yours: the whole
machine, attention, every head, a neuron's numbers, decoding step by step, the
beam tree, position encodings, the logit lens, and experiments. Its address in
the browser says what is shown: copied, it leads there again. Ctrl-C ends it.

Examples:
  $ glassformer inspect
  $ glassformer inspect "Je suis étudiant." --open
  $ glassformer inspect --adapters ./adapters --adapter legal "Le bail est résilié."
  $ glassformer inspect --model ./mine --compare fr-en --port 8080
  $ glassformer inspect "Je suis étudiant." --export inside.html
  $ glassformer inspect --sound talk.wav --model openai/whisper-base --open
  $ glassformer inspect --model autoencoder/model "Je suis étudiant. ||| I am a student."
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
  command
    .addOption(
      new Option(
        '--sound <file>',
        'a file of speech instead of a sentence: how Whisper listens to its first 30 seconds (default model: openai/whisper-base)',
      ).conflicts(['compare', 'training']),
    )
    .option('--language <language>', 'with --sound: the language that is spoken (default: detected)')
  addFlags(command, pageFlags)
    .option('--open', 'open the page in the browser')
    .addOption(
      new Option('--export <file.html>', 'write a file that shows this sentence without a server, and end').conflicts([
        'port',
        'open',
        'compare',
      ]),
    )
  addFlags(command, adapterFlag)
  addFlags(command, modelFlags)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, options: InspectCommandOptions) => {
      const { inspectSound, inspectText } = await import('./run.ts')
      await (options.sound === undefined ? inspectText(text, options) : inspectSound(options.sound, options))
    })
}
