import type { Command } from 'commander'
import { pairFlags, wrongCorpus } from '../flags/corpus-options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { addTestOptions, wrongTest } from '../flags/test-options.ts'
import { type ShortlistCommandOptions, shortlistSettings } from './options.ts'

const EXAMPLES = `
Learns from sentence pairs which target tokens each source token may become (IBM
model 1), and writes shortlist.safetensors into the model folder. With
--shortlist, translate and evaluate choose among these tokens only, which is
faster and may cost some quality.

With --test, tables of sources and references as glassformer evaluate takes
them, the model translates them without the table and with it, and the BLEU of
each and the difference are printed.

Examples:
  $ glassformer shortlist ./opus-mt-fr-en --tsv pairs.tsv.gz
  $ glassformer shortlist my-run/model --source train.fr --target train.en --per-token 30
  $ glassformer shortlist my-run/model --tsv train.tsv.gz --test test.tsv.gz --beams 4
  $ glassformer translate --model my-run/model --shortlist "Je suis étudiant."`

export function addShortlist(program: Command): void {
  const command = program
    .command('shortlist')
    .description('learn which tokens a translation may use, so that fewer have to be scored')
    .argument('<model>', 'model folder, or fr-en: the embedded model')
  for (const [flags, description] of Object.values(pairFlags)) command.option(flags, description)
  addFlags(command, shortlistSettings)
    .option('--json', 'print one JSON object')
    .option('--progress', 'show the progress on standard error also where that is no terminal')
    .option('--no-progress', 'never show it')
  addTestOptions(command, 'BLEU without the table and with it')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: ShortlistCommandOptions) => {
      const wrong = wrongCorpus(options) ?? wrongTest(options)
      if (wrong) command.error(`error: ${wrong}`)
      const { makeShortlist } = await import('./run.ts')
      await makeShortlist(model, options)
    })
}
