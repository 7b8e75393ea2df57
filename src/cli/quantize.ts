import { type Command, Option } from 'commander'
import type { StoredDtype } from '../folders/convert.ts'
import type { Threads } from '../translate/threads.ts'
import { backendOption, beamsOption, threadsOption, workersOption } from './options.ts'

export const storedDtypes = { int8: 'I8', bf16: 'BF16', f16: 'F16' } as const satisfies Record<string, StoredDtype>

export interface QuantizeCommandOptions {
  to: keyof typeof storedDtypes
  output: string
  force?: true
  test?: string[]
  beams?: number
  json?: true
  backend?: 'auto' | 'native' | 'js'
  threads?: Threads
  workers?: number
}

const EXAMPLES = `
Writes the model folder again with smaller weights, and prints both sizes. int8: matrices as integers with a scale for each output,
the rest in F16; bf16, f16: everything in that. A folder in int8 or bf16 is held so when it is loaded, unless --precision says otherwise.

With --test, tables of sources and references as glassformer evaluate takes them, both folders translate them, and the BLEU of each
and the difference are printed.

Examples:
  $ glassformer quantize ./opus-mt-fr-en --to int8 --output ./opus-mt-fr-en-int8
  $ glassformer quantize my-run/model --to int8 --output small --test test.tsv.gz --beams 4`

export function addQuantize(program: Command): void {
  program
    .command('quantize')
    .description('write a model folder with smaller weights, and measure what that costs')
    .argument('<model>', 'model folder')
    .addOption(
      new Option('--to <dtype>', 'what weights are stored in').choices(Object.keys(storedDtypes)).makeOptionMandatory(),
    )
    .requiredOption('-o, --output <folder>', 'the folder to write')
    .option('--force', 'write also where the folder holds a model already')
    .option('--test <table...>', 'sources and references: print BLEU before and after')
    .addOption(beamsOption())
    .option('--json', 'print one JSON object')
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(workersOption())
    .addHelpText('after', EXAMPLES)
    .action(async (model: string, options: QuantizeCommandOptions, command: Command) => {
      const useless = (['beams', 'backend', 'threads', 'workers'] as const).find((name) => options[name] !== undefined)
      if (useless && !options.test) command.error(`error: --${useless} is for translating: give --test too`)
      const { quantizeFolder } = await import('./quantize-folder.ts')
      await quantizeFolder(model, options)
    })
}
