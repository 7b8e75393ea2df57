import type { Command } from 'commander'
import { backendOption, modelOption, precisionOption, threadsOption } from '../flags/options.ts'
import type { InfoCommandOptions } from './options.ts'

const EXAMPLES = `
Examples:
  $ glassformer info
  $ glassformer info --model ./opus-mt-fr-en --json
  $ glassformer info --backend native    # fails with every reason where native cannot be used`

export function addInfo(program: Command): void {
  program
    .command('info')
    .description('show the model, the backend, and why it is that one')
    .addOption(modelOption())
    .addOption(backendOption())
    .addOption(precisionOption())
    .addOption(threadsOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXAMPLES)
    .action(async (options: InfoCommandOptions) => {
      const { showInfo } = await import('./run.ts')
      showInfo(options)
    })
}
