import type { Command } from 'commander'
import { addFlags } from '../flags/schema-flags.ts'
import { type LatentsCommandOptions, latentsFlags } from './options.ts'

const EXAMPLES = `
A Latent Transformer is two models: an autoencoder, which glassformer train
--latents makes, and a prior, an ordinary translator whose targets are codes.

--encode writes, for each pair of a table, its source, a tab and the codes of
its translation: the pairs that a prior learns from. --prior translates the
lines of standard input, or the sources of --test, whose BLEU is printed.
--test without --prior prints how well translations come back from their codes.
--shared lists each code that several translations of a table have, the most
frequent first: how many have it, and the tokens that it stands for in ten of
them, in brackets.

Examples:
  $ glassformer train autoencoder.json --output autoencoder
  $ glassformer latents autoencoder/model --encode pairs.tsv > codes.tsv
  $ glassformer train prior.json --output prior
  $ glassformer latents autoencoder/model --prior prior/model < french.txt
  $ glassformer latents autoencoder/model --prior prior/model --test test.tsv
  $ glassformer latents autoencoder/model --shared valid.tsv | head`

export function addLatents(program: Command): void {
  const command = program
    .command('latents')
    .description('codes of translations, and translations of codes (Latent Transformer)')
    .argument('<model>', 'the folder of an autoencoder')
    .option('--encode <table>', 'write the codes of the translations of a table')
    .option('--prior <model>', 'the model that translates into codes')
    .option('--test <table>', 'sources and references by which BLEU is measured')
    .option('--shared <table>', 'list sentences of a table whose translations share a code')
    .option('--json', 'print one JSON object for each line or code, or one for the test')
    .option('--progress', 'show the progress on standard error also where that is no terminal')
    .option('--no-progress', 'never show it')
  addFlags(command, latentsFlags)
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: LatentsCommandOptions, command: Command) => {
      const wrong = wrongUsage(options)
      if (wrong) command.error(`error: ${wrong}`)
      const { runLatents } = await import('./run.ts')
      await runLatents(model, options)
    })
}

function wrongUsage({ encode, prior, test, shared, beams }: LatentsCommandOptions): string | null {
  if (encode === undefined && prior === undefined && test === undefined && shared === undefined)
    return 'give --encode, --prior to translate, --test, or --shared'
  if (encode !== undefined && (prior !== undefined || test !== undefined))
    return '--encode writes codes: give it, or --prior and --test'
  if (shared !== undefined && (encode !== undefined || prior !== undefined || test !== undefined))
    return '--shared lists codes: give it alone'
  return beams !== undefined && prior === undefined ? '--beams is for the search of --prior' : null
}
