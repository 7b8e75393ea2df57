import { type Command, Option } from 'commander'
import { modelSources } from '../../files/hub/source-name.ts'
import type { ModelsCommandOptions } from './run.ts'

const EXAMPLES = `
Firefox's and Argos's models are listed by their registries, which are cached;
models of OPUS-MT where they are here. Quality is that of the registry, on
FLORES: COMET, chrF, BLEU. In the column "here", a model that was pulled has "yes".

Environment:
  GLASSFORMER_CACHE               where models and registries are kept
  GLASSFORMER_FIREFOX_REGISTRY    a mirror of Firefox's models.json
  GLASSFORMER_FIREFOX_FILES       where its files lie, in place of its baseUrl
  GLASSFORMER_ARGOS_REGISTRY      a mirror of Argos's index.json
  GLASSFORMER_ARGOS_FILES         the folder of its packages
  HF_HUB_OFFLINE                  1: ask nothing of the network

Examples:
  $ glassformer models --from fr --source firefox
  $ glassformer models --installed
  $ glassformer models remove firefox/fr-en/tiny`

export function addModels(program: Command): void {
  const command = program
    .command('models')
    .description('list the models that can be had by name, and those that are here')
    .option('--from <language>', 'the language that they translate from')
    .option('--to <language>', 'the language that they translate into')
    .addOption(new Option('--source <name>', 'where they have names').choices(modelSources))
    .option('--installed', 'only the models on this machine; nothing is asked of the network')
    .option('--json', 'print a JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ModelsCommandOptions) => (await import('./run.ts')).printModels(options))
  command
    .command('remove')
    .description('remove a model that was pulled: all variants of a pair, or the named one')
    .argument('<name>', 'firefox/fr-en, or firefox/fr-en/tiny')
    .action(async (name: string) => (await import('./run.ts')).removeModels(name))
}
