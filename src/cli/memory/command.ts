import type { Command } from 'commander'
import type { MemoryCommandOptions } from './run.ts'

const EXAMPLES = `
A memory is a file of translations that people have made. glassformer translate
--memory asks it first: what it has is not translated. Without other options the
number of its units is printed.

Examples:
  $ glassformer memory ours.memory --import old.tmx --from fr --to en
  $ glassformer memory ours.memory --add "Je suis étudiant." "I am a pupil."
  $ glassformer memory ours.memory --find "Je suis étudiant ici."
  $ glassformer memory ours.memory --export new.tmx --from fr --to en
  $ glassformer translate --memory ours.memory < french.txt > english.txt`

export function addMemory(program: Command): void {
  const command = program
    .command('memory')
    .description('make a translation memory, look into it, and exchange it as TMX')
    .argument('<file>', 'the file of the memory; it is made where there is none')
    .option('--import <file>', 'add the units of a TMX file')
    .option('--export <file>', 'write all units to a TMX file')
    .option('--add <texts...>', 'add a unit: a text and its translation')
    .option('--find <text>', 'print the units that are like a text, with their scores')
    .option('--from <language>', 'the language of the texts in TMX')
    .option('--to <language>', 'the language of the translations in TMX')
    .option('--json', 'print a JSON object: units, those that were imported, and what --find has found')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: MemoryCommandOptions) => {
      const isExchanged = options.import !== undefined || options.export !== undefined
      if (isExchanged && (options.from === undefined || options.to === undefined))
        command.error('error: TMX has texts in several languages: give --from and --to')
      if (options.add && options.add.length !== 2) command.error('error: --add takes a text and its translation')
      const { runMemory } = await import('./run.ts')
      await runMemory(file, options)
    })
}
