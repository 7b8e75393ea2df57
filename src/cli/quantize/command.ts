import type { Command } from 'commander'
import { some } from '../../base/schema/settings.ts'
import { storedSettings } from '../../files/folders/tensors/stored-dtype.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { addTestOptions, wrongTest } from '../flags/test-options.ts'
import type { QuantizeCommandOptions } from './run.ts'

const EXAMPLES = `
Writes the model folder again with smaller weights, and prints both sizes. int8:
matrices as integers with a scale for each output, the rest in float16; int4:
matrices as integers of four bits with a scale for each 32 inputs, embeddings
and the output projection in int8 where they are small (fewer than 2^24 values),
the rest in float16; float32, float16, bfloat16: everything in that. A folder in
int8, int4 or bfloat16 is held so when it is loaded, unless --precision says
otherwise. The model card (README.md) speaks of other weights and is not copied;
the license is.

With --calibrate, the model first reads some hundred pairs of sentences, and
each matrix is rounded so that its products with their states change least
(GPTQ). It takes a minute for a small model, and much longer for a large one.

With --test, tables of sources and references as glassformer evaluate takes
them, both folders translate them, and BLEU and chrF of each and the differences
are printed.

Packed weights that processes share (docs/performance.md) are made as well where
they take 64 MiB or more, so that no later process has to: --mapped, the native
backend.

Examples:
  $ glassformer quantize ./opus-mt-fr-en --to int8 --output ./opus-mt-fr-en-int8
  $ glassformer quantize ./opus-mt-fr-en --to int4 --output small --test test.tsv.gz
  $ glassformer quantize my-run/model --to int8 --output small --test test.tsv.gz --beams 4`

export function addQuantize(program: Command): void {
  const command = program
    .command('quantize')
    .description('write a model folder with smaller weights, and measure what that costs')
    .argument('<model>', 'model folder, or fr-en: the embedded model')
  addFlags(command, storedSettings)
    .requiredOption('-o, --output <folder>', 'the folder to write')
    .option(
      '--calibrate <table>',
      'int4: sources and references by which weights are rounded, so that fewer translations change',
    )
    .option('--force', 'write also where the folder holds a model already')
    .option('--json', 'print one JSON object')
  addFlags(command, some(loadSettings, 'mapped'))
  addTestOptions(command, 'BLEU and chrF before and after')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: QuantizeCommandOptions) => {
      const wrong = wrongTest(options)
      if (wrong) command.error(`error: ${wrong}`)
      if (options.calibrate !== undefined && options.to !== 'int4')
        command.error(`error: --calibrate is for --to int4, not ${options.to}`)
      const { quantizeFolder } = await import('./run.ts')
      await quantizeFolder(model, options)
    })
}
