import { type Command, InvalidArgumentError } from 'commander'
import { playFlags, workerFlags } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import type { AlignCommandOptions } from './run.ts'

const EXAMPLES = `
Both documents may have any format that glassformer translates; of two folders,
files of the same name are aligned (a.fr.docx and a.en.docx too). A pair is one
or two sentences of each side; sentences without a partner are left out. TSV has
source, target and score, ready for glassformer train; a name that ends in .tmx
makes TMX.

Vectors come from an encoder that knows both languages. --encoder own takes the
means of the translation model's own states, with the target translated back.
Without --encoder, sentences are aligned by their lengths and by the words that
the target has in common with the model's translation of the source.

Examples:
  $ glassformer align french.txt english.docx --encoder ./LaBSE -o pairs.tsv
  $ glassformer align fr/ en/ -o pairs.tmx
  $ glassformer align heap.fr.txt heap.en.txt --encoder ./LaBSE --mine -o pairs.tsv`

export function addAlign(program: Command): void {
  const command = program
    .command('align')
    .description('pairs of sentences out of two documents that say the same')
    .argument('<source>', 'a document, or a folder of documents')
    .argument('<target>', 'the same in another language')
    .option('-e, --encoder <folder>', "an encoder of both languages, or own: the translation model's")
    .option('-o, --output <file>', 'the file of pairs, .tsv or .tmx (default: standard output)')
    .option('--mine', 'both are heaps in no order: pairs are found by their margin')
    .option('--least <score>', 'the smallest score of a pair (default: any; with --mine 1.06)', number)
    .option('--model <folder>', 'the model that translates (default: fr-en)')
    .option('--back <folder>', 'the model that translates back, for --encoder own (default: en-fr)')
    .option('--from <language>', 'the language of the source (default: fr)')
    .option('--to <language>', 'the language of the target (default: en)')
  addFlags(command, { ...playFlags, ...workerFlags })
    .addHelpText('after', EXAMPLES)
    .action(async (source: string, target: string, options: AlignCommandOptions) => {
      const { alignFiles } = await import('./run.ts')
      await alignFiles(source, target, options)
    })
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}
