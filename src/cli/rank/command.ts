import type { Command } from 'commander'
import { playFlags, workerFlags } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import type { RankCommandOptions } from './run.ts'

const EXAMPLES = `
Documents are the lines of a file or of standard input. A model that classifies
pairs (a cross-encoder) scores each of them with the query; of any other model
the vectors of both are compared. The best come first: score, line, document.

Example:
  $ glassformer rank --model ./all-MiniLM-L6-v2 "Where is the station?" passages.txt --top 3`

export function addRank(program: Command): void {
  const command = program
    .command('rank')
    .description('documents by how well they fit a query')
    .argument('<query>', 'the query')
    .argument('[file]', 'a file of documents, one a line (default: standard input)')
    .requiredOption('-m, --model <folder>', 'the folder or name of an encoder')
    .option('--top <number>', 'the best so many (default: all)', Number)
    .option('--json', 'print one JSON list')
  addFlags(command, { ...playFlags, ...workerFlags })
    .addHelpText('after', EXAMPLES)
    .action(async (query: string, file: string | undefined, options: RankCommandOptions) => {
      const { rankDocuments } = await import('./run.ts')
      await rankDocuments(query, file, options)
    })
}
