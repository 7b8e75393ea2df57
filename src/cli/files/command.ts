import { type Command, Option } from 'commander'
import { prebuiltPlatforms } from '../../engine/backend/native/platform.ts'

const EXAMPLES = `
A bundler moves the package's code away from the files that it needs: its worker
threads, addon, WebAssembly, models and pages. This copies them into
FOLDER/glassformer, where a bundle in FOLDER finds them, and so does a single
executable in FOLDER. Run it after each build.

Examples:
  $ esbuild server.js --bundle --platform=node --outfile=dist/server.cjs
  $ npx glassformer files dist
  $ npx glassformer files dist --platform linux-arm64   # for another machine
  $ npx glassformer files dist --model none             # models of one's own
  $ npx glassformer files build --sea sea-config.json   # into one executable`

export function addFiles(program: Command): void {
  program
    .command('files')
    .description("copy the package's files beside a bundle or a single executable")
    .argument('<folder>', 'the folder of the bundle')
    .addOption(
      new Option('--platform <name>', "the platform of the addon (default: this machine's)").choices(prebuiltPlatforms),
    )
    .addOption(
      new Option('--model <name>', 'the model of ours that goes along')
        .choices(['fr-en', 'en-fr', 'none'])
        .default('fr-en'),
    )
    .option('--sea <config>', "enter the files as assets into this configuration of Node.js' single executables")
    .option('--json', 'print a JSON object: folder, files, bytes, platform')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, options) => {
      const { runFiles } = await import('./run.ts')
      runFiles(folder, options)
    })
}
