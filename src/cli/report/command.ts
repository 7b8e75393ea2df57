import type { Command } from 'commander'

const EXAMPLES = `
Each folder is one of glassformer train, finished or not. The page has the curves
of all in one picture, their measurements, the settings that differ, and how the
same sentences were translated as they learned: unseen ones, where the runs hold
out the same, and those of --watch. It needs no other file.

Examples:
  $ glassformer train --tsv pairs.tsv --watch "Où est la gare ?" --output first
  $ glassformer train --tsv pairs.tsv --watch "Où est la gare ?" --dropout 0.3 --output second
  $ glassformer report first second --output compared.html`

export function addReport(program: Command): void {
  program
    .command('report')
    .description('compare trainings side by side on a page')
    .argument('<folders...>', 'folders of trainings')
    .requiredOption('-o, --output <file>', 'the HTML file to write')
    .option('--json', 'print the last scores of each training as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (folders: string[], options: { output: string; json?: true }) => {
      const { compareRuns } = await import('./run.ts')
      compareRuns(folders, options)
    })
}
