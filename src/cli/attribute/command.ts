import type { Command } from 'commander'
import { addLookingOptions } from '../flags/looking-flags.ts'
import type { AttributeCommandOptions } from './run.ts'

const EXAMPLES = `
Prints for each target token what its logit is made of, the largest parts first.
direct: the shares of heads, feed-forward networks, embeddings and biases, which
add up to the logit with the deviations of norms held fixed. gradient: gradient
times embedding of each token that was read. integrated: the same integrated
from zeros. With --contrast the logit minus that of another token.
--model may name an encoder. With two texts it says which words make them alike,
with one which words speak for a label; both are gradient times word embedding.

Examples:
  $ glassformer attribute "Je suis étudiant." --step 3
  $ glassformer attribute "Je suis étudiant." --step 3 --contrast teacher
  $ glassformer attribute "Le chat dort." --by gradient integrated --json
  $ glassformer attribute "Le chat dort." --ablate decoder.1.crossAttention.heads.2
  $ glassformer attribute --model ./all-MiniLM-L6-v2 "Where is it?" "Is it far?"`

export function addAttribute(program: Command): void {
  const command = program
    .command('attribute')
    .description('say why a model chose each word: shares of its logit, and gradients')
    .argument('<text>', 'the sentence')
    .argument('[other]', 'of an encoder: the text with which it is compared')
    .option('--by <methods...>', 'direct, gradient, integrated (default: direct)')
    .option('-s, --step <n...>', 'target tokens, by their step from 0 (default: all)')
    .option('--token <token>', "a token or its id, whose logit is explained (default: the target's)")
    .option('-c, --contrast <token>', 'a token or its id to compare with, or best: the best other token')
    .option('--keys', 'direct: also what each head takes from each token')
    .option('--points <n>', 'integrated: gradients on the way (default: 32)')
    .option('--top <n>', 'parts that are printed of each token (default: 8)')
    .option('--label <label>', 'of a classifier: the label that is explained (default: the likeliest)')
    .option('--ablate <names...>', 'tensors that become zeros, and heads that are off')
  addLookingOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, other: string | undefined, options: AttributeCommandOptions) => {
      const { attributeEncoder, isEncoder } = await import('./encoder.ts')
      const { model } = options
      if (model !== undefined && isEncoder(model)) return attributeEncoder(text, other, { ...options, model })
      if (other !== undefined || options.label !== undefined)
        command.error('error: a second text and --label are for encoders: name one with --model')
      const { attribute } = await import('./run.ts')
      attribute(text, options)
    })
}
