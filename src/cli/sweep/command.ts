import type { Command } from 'commander'
import { addLookingOptions } from '../flags/looking-flags.ts'
import type { SweepCommandOptions } from './run.ts'

const EXAMPLES = `
Prints one number of the model for each tensor (row) and position or head
(column), while that tensor is replaced there: activation patching. With a
second sentence its tensors take the place of the first one's; without one they
become zeros, means or noise. glassformer figure sweep draws the same.

Examples:
  $ glassformer sweep "Le chat dort." "Le chien dort."
  $ glassformer sweep "Le chat dort." "Le chien dort." --over head
  $ glassformer sweep "Le chat dort." "Le petit chien dort." --align 1:2,2:3
  $ glassformer sweep "Le chat dort." --over head --tensors decoder.*.crossAttention.heads
  $ glassformer sweep "Le chat dort." --with noise --measure probability --step 1`

export function addSweep(program: Command): void {
  const command = program
    .command('sweep')
    .description('say what if: one number of a model while its tensors are replaced')
    .argument('<text>', 'the sentence')
    .argument('[second]', 'a second sentence, whose tensors take the place of the first')
    .option('--with <what>', 'without a second sentence: zero, mean, noise (default: zero)')
    .option('--over <part>', 'columns: position, head (default: position)')
    .option('-t, --tensors <names...>', "rows: names of tensors, or patterns (default: 'encoder.*.out')")
    .option('--align <how>', 'tokens, places, or pairs of positions as 1:2,2:3')
    .option('--measure <what>', 'logitDifference, probability, loss')
    .option('-s, --step <n>', 'at which target token, from 0 (default: where the translations part)')
    .option('--answer <token>', "a token or its id (default: the target's)")
    .option('-c, --contrast <token>', 'the rival of a logit difference, a token or its id')
    .option('--ablate <names...>', 'tensors that become zeros, and heads that are off, in every run')
  addLookingOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (text: string, second: string | undefined, options: SweepCommandOptions) => {
      const { sweep } = await import('./run.ts')
      sweep(text, second, options)
    })
}
