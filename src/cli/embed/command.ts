import { type Command, Option } from 'commander'
import { playFlags, workerFlags } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { type EmbedCommandOptions, forms } from './options.ts'

const EXAMPLES = `
Each line of the input is a text; of a file whose name ends in .jsonl, the field
text of each object (--field). JSONL comes out, a vector a line; with --output
x.npy a NumPy array, and with --output x.f32 plain numbers of 32 bits. A run that
was broken off goes on where it was with --resume.

Examples:
  $ glassformer embed --model ./all-MiniLM-L6-v2 texts.txt --output vectors.npy
  $ glassformer embed --model ./all-MiniLM-L6-v2 --prompt query < questions.txt > vectors.jsonl`

export function addEmbed(program: Command): void {
  const command = program
    .command('embed')
    .description('vectors of sentences, by an encoder')
    .argument('[file]', 'a file of texts (default: standard input)')
    .requiredOption('-m, --model <folder>', 'the folder or name of an encoder, or of a model of sentence-transformers')
    .option('-o, --output <file>', 'the file of vectors (default: standard output)')
    .addOption(
      new Option('--form <form>', 'the form of vectors (default: by the name of the output, else jsonl)').choices(
        forms,
      ),
    )
    .option('--field <name>', 'the field of texts in JSONL (default: text)')
    .option('--prompt <prompt>', "the name of one of the folder's prompts, or words that stand before each text")
    .option('--dimensions <number>', 'the first so many numbers of each vector', Number)
    .option('--normalize', 'vectors have the length 1')
    .option('--resume', 'go on with an output that is incomplete')
    .option('--progress', 'show how far it is')
  addFlags(command, { ...playFlags, ...workerFlags })
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: EmbedCommandOptions) => {
      const { embedTexts } = await import('./run.ts')
      await embedTexts(file, options)
    })
}
