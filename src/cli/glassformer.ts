#!/usr/bin/env node
/** The command line. Commands load what they need when they run, so that --help and --version answer at once. */
import { readFileSync } from 'node:fs'
import { type Command, CommanderError } from 'commander'
import { packageFolder } from '../package-folder.ts'
import { addBuild } from './build/command.ts'
import { CommandLine } from './command-line.ts'
import { addEvaluate } from './evaluate/command.ts'
import { addInfo } from './info/command.ts'
import { addListing } from './listing/command.ts'
import { endOnSignalsAndClosedPipes, showWarningsAsLines } from './process-events.ts'
import { addQuantize } from './quantize/command.ts'
import { addShortlist } from './shortlist/command.ts'
import { reportFailure } from './terminal/failure.ts'
import { addTrain } from './train/command.ts'
import { addTranslate } from './translate/command.ts'

const EXAMPLES = `
Examples:
  $ glassformer translate "Je suis étudiant."
  $ glassformer translate --beams 4 --json < french.txt > english.jsonl
  $ glassformer info
  $ glassformer listing --part step --text "Je suis étudiant." --profile
  $ glassformer help translate

Environment:
  GLASSFORMER_BACKEND  auto, native or js, where --backend is not given
  GLASSFORMER_ISA      the instruction set of native kernels, one of those that
                       glassformer info lists: scalar, avx2, avxvnni, avx512,
                       avx512vnni, avx512bf16, amx

Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C, 143 by
SIGTERM.`

function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageFolder), 'utf8'))
  const program = new CommandLine('glassformer')
    .description('A Transformer you can look into: translates, and shows the program that it plays.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; after a command, the help of that command')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(--help tells more)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'glassformer: ')) })
    .helpCommand(false) // commander's own prints the whole help for an unknown command, without saying that the command is unknown
    .exitOverride()
  for (const add of [addTranslate, addTrain, addEvaluate, addQuantize, addShortlist, addInfo, addListing, addBuild])
    add(program)
  program
    .command('help')
    .description('print the help of a command')
    .argument('[command]')
    .action((name?: string) => {
      const command = name === undefined ? program : program.commands.find((each) => each.name() === name)
      if (!command) return program.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' })
      return command.help()
    })
  return program
}

try {
  endOnSignalsAndClosedPipes()
  showWarningsAsLines()
  await createProgram().parseAsync()
} catch (error) {
  // Commander has printed its message: help and version end well, everything else is wrong usage.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else reportFailure(error)
}
