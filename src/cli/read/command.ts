import type { Command } from 'commander'
import { addFlags, SEARCH_HEADING } from '../flags/schema-flags.ts'
import { loadFlags, type ReadCommandOptions, readFlags } from './options.ts'

const EXAMPLES = `
PNG, JPEG, WebP, TIFF, GIF and AVIF are decoded by sharp, which must be installed:
npm install sharp. A line of text is printed for each picture, in order, and a
model without a tokenizer prints ids. A picture that cannot be read is an empty
line, or with --json an object with the error; standard error says why, and the
exit status is 1 at the end.

Examples:
  $ glassformer pull microsoft/trocr-base-printed
  $ glassformer read --model microsoft/trocr-base-printed line.png
  $ glassformer read --model ./trocr-base-handwritten --json lines > lines.jsonl
  $ glassformer read --model ./vit-gpt2-image-captioning --beams 4 - < photo.jpg`

export function addRead(program: Command): void {
  const command = program
    .command('read')
    .description('write down the text of pictures, or captions, with a model that sees')
    .argument('<image...>', 'files and folders; - for standard input')
    .requiredOption('-m, --model <folder>', 'model folder, or the name of a model that glassformer pull has downloaded')
    .option('--json', 'print a JSON object for each picture')
    .option('--progress', 'show the progress on standard error also where the output may go to the same terminal')
    .option('--no-progress', 'never show it (default: where standard error is a terminal and the output is a file)')
  addFlags(command, readFlags, SEARCH_HEADING)
  addFlags(command, loadFlags, 'Machine and memory:')
    .addHelpText('after', EXAMPLES)
    .action(async (images: string[], options: ReadCommandOptions) => {
      const { readImages } = await import('./run.ts')
      await readImages(images, options)
    })
}
