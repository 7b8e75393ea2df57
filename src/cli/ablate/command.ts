import type { Command } from 'commander'
import { addLookingOptions } from '../flags/looking-flags.ts'
import type { AblateCommandOptions } from './run.ts'

const EXAMPLES = `
Translates a sentence as the model is, and with tensors replaced by zeros, means
or noise, or with heads off. The search follows the change, with beams too.
'decoder.1.crossAttention.heads.2' is a head; glassformer help inspect and
docs/inspector.md list the names of tensors.

Examples:
  $ glassformer ablate "Je suis étudiant." decoder.1.crossAttention.heads.2
  $ glassformer ablate "Je suis étudiant." encoder.0.feedForward.output --with mean
  $ glassformer ablate "Le chat dort." decoder.0.selfAttention.heads --beams 4 --json`

export function addAblate(program: Command): void {
  const command = program
    .command('ablate')
    .description('translate a sentence without heads or tensors of the model')
    .argument('<text>', 'the sentence')
    .argument('<names...>', 'heads and tensors')
    .option('--with <what>', 'what takes the place of tensors: zero, mean, noise (default: zero)')
  addLookingOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, names: string[], options: AblateCommandOptions) => {
      const { ablated } = await import('./run.ts')
      ablated(text, names, options)
    })
}
