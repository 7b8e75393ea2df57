/** The command: npm run bench -- [--only NAME…] [--models NAME…] [--model FOLDER] [--rows TEXT…] [--small] [--seconds N] [--json FILE] [--peers FOLDER] [--shared FOLDER]. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command, Option } from 'commander'
import { modelNames, usualModels } from './harness/model-names.ts'
import { positive } from './harness/number-options.ts'
import { questionNames } from './harness/question.ts'
import { writable } from './harness/writable.ts'

if (!existsSync(fileURLToPath(new URL('../../dist/index.js', import.meta.url)))) {
  console.error("bench: dist/ is not there. Run 'npm run setup' once, or 'npm run bench', which does it first.")
  process.exit(1)
}
const { measureAll } = await import('./harness/measure-all.ts')

await new Command('bench')
  .description('Measures native against JavaScript, in turn in one run, and prints medians and ratios.')
  .addOption(new Option('--only <name...>', 'measure only these').choices(questionNames))
  .addOption(
    new Option('--models <name...>', 'translate with these')
      .choices(modelNames)
      .default(usualModels, usualModels.join(' ')),
  )
  .option('--model <folder>', 'the model whose translations of rough lines are measured; default: the embedded one')
  .option('--rows <text...>', 'measure only rows whose label contains one of these')
  .option('--small', 'a little of everything, with models of few weights: shows that each question can be asked')
  .addOption(new Option('--seconds <n>', 'time for each row of a table').argParser(positive).default(1))
  .option('--peers <folder>', 'where bench/peers/install.sh has installed its peers', process.env.GLASSFORMER_PEERS)
  .option(
    '--shared <folder>',
    'where data/ with the Tatoeba sentences is',
    process.env.GLASSFORMER_SHARED ?? fileURLToPath(new URL('../../../shared', import.meta.url)),
  )
  .addOption(new Option('--json <file>', 'write one object for each cell to this file').argParser(writable))
  .action(measureAll)
  .parseAsync()
