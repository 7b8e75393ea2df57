import type { Command } from 'commander'
import type { PullCommandOptions } from './run.ts'

const EXAMPLES = `
Downloads a model and prints its folder: owner/name from the Hugging Face hub,
into the cache that Python's huggingface_hub uses too; firefox/fr-en (the best
one; firefox/fr-en/tiny names one), argos/fr-en and opus-mt/fr-en. glassformer
models lists them. Files that are there are not downloaded again, and a download
that broke resumes. Then every command takes the name: --model NAME.

Environment:
  HF_HUB_CACHE, HF_HOME    where the cache is
  HF_TOKEN                 opens private and gated models
  HF_ENDPOINT              another hub, a mirror for instance
  HF_HUB_OFFLINE           1: ask nothing of the network
  HF_HUB_DOWNLOAD_TIMEOUT  seconds without a byte after which to ask anew (10)
  GLASSFORMER_FIREFOX_REGISTRY, GLASSFORMER_ARGOS_REGISTRY
                           mirrors: glassformer models --help
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY

Examples:
  $ glassformer pull firefox/fr-en
  $ glassformer pull Helsinki-NLP/opus-mt-fr-en
  $ glassformer translate --model Helsinki-NLP/opus-mt-fr-en "Je suis étudiant."
  $ glassformer pull google/flan-t5-small --revision main --cache ./models`

export function addPull(program: Command): void {
  program
    .command('pull')
    .description('download a model of the Hugging Face hub, Firefox, Argos or OPUS-MT')
    .argument('<name>', "the model's name: owner/name, firefox/fr-en, argos/fr-en or opus-mt/fr-en")
    .option('--revision <revision>', 'a branch, a tag or a commit (default: main)')
    .option('--cache <folder>', 'the folder of the cache (default: what HF_HUB_CACHE or HF_HOME say)')
    .option('--json', 'print one JSON object: name, folder')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: PullCommandOptions) => {
      const { pullModel } = await import('./run.ts')
      await pullModel(name, options)
    })
}
