import type { Command } from 'commander'
import { modelOption } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { type ExportActivationsOptions, exportPlayFlags, exportSettings } from './options.ts'

const EXAMPLES = `
Writes acts/activations-00000.safetensors, -00001, ..., each with the tensors of
--shard-lines lines: [rows, width], a row for each token. source.ids has the id
of each row, and source.offsets where each line begins; so have target.ids and
target.offsets where tensors of the decoder are asked for, which need --targets.
The same command again goes on where it was stopped.

In Python:
  from safetensors.numpy import load_file
  shard = load_file('acts/activations-00000.safetensors')
  begin, end = shard['source.offsets'][7:9]        # the eighth line
  states = shard['encoder.1.out'][begin:end]

Examples:
  $ glassformer export-activations lines.txt --tensors 'encoder.*.out' --output acts/
  $ glassformer export-activations fr.txt --targets en.txt --tensors 'decoder.*.out' decoder.output -o acts/
  $ glassformer export-activations lines.txt.gz --tensors encoder.output --dtype float16 --model ./mine -o acts/`

export function addExportActivations(program: Command): void {
  const command = program
    .command('export-activations')
    .description('write what a model computes for each line of a file, for probes in Python and here')
    .argument('<lines>', 'text file with a sentence on each line; .gz too')
    .requiredOption('-t, --tensors <names...>', "names of tensors; * matches one part of a name: 'encoder.*.out'")
    .requiredOption('-o, --output <folder>', 'folder of the files; it is made where there is none')
    .option('--targets <file>', 'text file with the target of each line, which the decoder reads')
    .addOption(modelOption())
  addFlags(command, exportSettings)
  addFlags(command, exportPlayFlags)
    .option('--progress', 'show the progress on standard error also where that is no terminal')
    .option('--no-progress', 'never show it')
    .addHelpText('after', EXAMPLES)
    .action(async (lines: string, options: ExportActivationsOptions) => {
      const { exportActivations } = await import('./run.ts')
      await exportActivations(lines, options)
    })
}
