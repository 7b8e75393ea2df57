import type { Command } from 'commander'
import { modelOption } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { flags, type InfoCommandOptions } from './options.ts'

const EXAMPLES = `
Examples:
  $ glassformer info
  $ glassformer info --model ./opus-mt-fr-en --json
  $ glassformer info --backend native    # fails with every reason where native cannot be used`

export function addInfo(program: Command): void {
  const command = program
    .command('info')
    .description('show the model, the backend, and why it is that one')
    .addOption(modelOption())
  addFlags(command, flags)
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: InfoCommandOptions) => {
      const { showInfo } = await import('./run.ts')
      showInfo(options)
    })
}
