import type { Command } from 'commander'
import { some } from '../../base/schema/settings.ts'
import { loadSettings, textSettings } from '../../use/translate/options/options.ts'
import { searchFlags } from './options.ts'
import { addFlags, SEARCH_HEADING } from './schema-flags.ts'

/** Adds a command that passes texts to a model for a task. */
export function addTask(program: Command, name: string, description: string): Command {
  const command = program
    .command(name)
    .description(description)
    .argument('[text...]', 'texts; without any, the lines of standard input')
    .requiredOption('-m, --model <folder>', 'model folder, or the name of a model that glassformer pull has downloaded')
  addFlags(command, some(textSettings, 'adapter', 'sourceLanguage', 'targetLanguage'))
    .option('--json', 'print a JSON object for each text')
    .option('--progress', 'show the progress on standard error also where the output may go to the same terminal')
    .option('--no-progress', 'never show it (default: where standard error is a terminal and the output is a file)')
  addFlags(command, searchFlags, SEARCH_HEADING)
  return addFlags(command, loadSettings, 'Machine and memory:')
}
