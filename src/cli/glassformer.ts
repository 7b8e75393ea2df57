#!/usr/bin/env node
import { type Command, CommanderError } from 'commander'
import { packageVersion } from '../base/package/package-folder.ts'
import { fileError } from '../formats/disk/read-file.ts'
import { CommandLine } from './command-line.ts'
import { reportFailure } from './terminal/failure.ts'
import { addTranslate } from './translate/command.ts'

/**
 * The command line. The module of a command is loaded when the command is chosen, and the modules that it needs when it
 * runs.
 */

const EXAMPLES = `
Examples:
  $ glassformer translate "Je suis étudiant."
  $ glassformer translate --beams 4 --json < french.txt > english.jsonl
  $ glassformer pull Helsinki-NLP/opus-mt-fr-en
  $ glassformer transcribe talk.wav --srt
  $ glassformer info
  $ glassformer listing --part step --text "Je suis étudiant." --profile
  $ glassformer inspect "Je suis étudiant." --open
  $ glassformer help translate

Environment:
  GLASSFORMER_BACKEND  auto, native, wasm or js, where --backend is not given
  GLASSFORMER_QUEUE    the Redis of a queue, where --queue is not given
  GLASSFORMER_ISA      the instruction set of native kernels, one of those that
                       glassformer info lists: scalar, avx2, avxvnni, avx512,
                       avx512vnni, avx512bf16, amx; neon, neondot

Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C, 143 by
SIGTERM.`

/** The commands, in the order of help. */
const commands: Record<string, () => Promise<(program: Command) => void>> = {
  // In this file, and not one of its own: it is the command that starts most often.
  translate: async () => addTranslate,
  transcribe: async () => (await import('./transcribe/command.ts')).addTranscribe,
  read: async () => (await import('./read/command.ts')).addRead,
  summarize: async () => (await import('./summarize/command.ts')).addSummarize,
  generate: async () => (await import('./generate/command.ts')).addGenerate,
  embed: async () => (await import('./embed/command.ts')).addEmbed,
  rank: async () => (await import('./rank/command.ts')).addRank,
  align: async () => (await import('./align/command.ts')).addAlign,
  work: async () => (await import('./work/command.ts')).addWork,
  enqueue: async () => (await import('./enqueue/command.ts')).addEnqueue,
  dead: async () => (await import('./dead/command.ts')).addDead,
  serve: async () => (await import('./serve/command.ts')).addServe,
  pull: async () => (await import('./pull/command.ts')).addPull,
  models: async () => (await import('./models/command.ts')).addModels,
  train: async () => (await import('./train/command.ts')).addTrain,
  report: async () => (await import('./report/command.ts')).addReport,
  distill: async () => (await import('./distill/command.ts')).addDistill,
  evaluate: async () => (await import('./evaluate/command.ts')).addEvaluate,
  latents: async () => (await import('./latents/command.ts')).addLatents,
  memory: async () => (await import('./memory/command.ts')).addMemory,
  check: async () => (await import('./check/command.ts')).addCheck,
  calibrate: async () => (await import('./calibrate/command.ts')).addCalibrate,
  quantize: async () => (await import('./quantize/command.ts')).addQuantize,
  convert: async () => (await import('./convert/command.ts')).addConvert,
  shortlist: async () => (await import('./shortlist/command.ts')).addShortlist,
  info: async () => (await import('./info/command.ts')).addInfo,
  listing: async () => (await import('./listing/command.ts')).addListing,
  figure: async () => (await import('./figure/command.ts')).addFigure,
  attribute: async () => (await import('./attribute/command.ts')).addAttribute,
  sweep: async () => (await import('./sweep/command.ts')).addSweep,
  ablate: async () => (await import('./ablate/command.ts')).addAblate,
  'export-activations': async () => (await import('./export-activations/command.ts')).addExportActivations,
  inspect: async () => (await import('./inspect/command.ts')).addInspect,
  files: async () => (await import('./files/command.ts')).addFiles,
  build: async () => (await import('./build/command.ts')).addBuild,
}

/**
 * `asked`: the first argument. A known command is set up alone; help and suggestions for a misspelled command need all
 * commands.
 */
async function createProgram(asked = ''): Promise<Command> {
  const program = new CommandLine('glassformer')
    .description('A Transformer that you can look into: translates, and shows the program that it runs.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; after a command, the help of that command')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(--help tells more)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'glassformer: ')) })
    .helpCommand(false) // it does not say that a command is unknown
    .exitOverride()
  for (const [name, load] of Object.entries(commands))
    if (name === asked || !Object.hasOwn(commands, asked)) (await load())(program)
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

/** The arguments after the program's name; flags of openai-whisper become those of this command line. */
async function argumentsOf(asked: string): Promise<string[]> {
  const given = process.argv.slice(2)
  return asked === 'transcribe' ? (await import('./transcribe/whisper-flags.ts')).ownFlags(given) : given
}

async function main(): Promise<void> {
  try {
    endOnSignalsAndClosedPipes()
    showWarningsAsLines()
    const asked = process.argv[2] ?? ''
    const program = await createProgram(asked)
    // Commander would answer `frobnicate --help` with the help of all commands.
    if (/^[^-]/.test(asked) && !program.commands.some((command) => command.name() === asked))
      program.error(`error: unknown command '${asked}'`, { code: 'commander.unknownCommand' })
    await program.parseAsync(await argumentsOf(asked), { from: 'user' })
  } catch (error) {
    // Commander has printed its message: the exit status is 0 for help and version, and that of wrong usage otherwise.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else reportFailure(error)
  }
}

// Not awaited: modules that a command loads may be bundled into the same file as this one, and would then wait for it.
void main()

/**
 * Ends the command properly on signals and closed pipes. `exit` handlers run in each case, and restore the terminal.
 */
function endOnSignalsAndClosedPipes(): void {
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  for (const name of ['stdout', 'stderr'] as const)
    process[name].on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' && name === 'stderr') return // the output is still wanted
      if (error.code === 'EPIPE') process.exit(0) // the reader has closed the pipe, as `head` does
      reportFailure(fileError('write', name === 'stdout' ? 'standard output' : 'standard error', error))
      process.exit()
    })
  process.once('uncaughtException', (error) => {
    reportFailure(error)
    process.exit()
  })
}

/**
 * Prints the library's warnings in one line, without the process number and the advice for developers that Node adds.
 */
function showWarningsAsLines(): void {
  if (process.listenerCount('warning') === 0) return // NODE_NO_WARNINGS
  process.removeAllListeners('warning')
  process.on('warning', ({ message }) => process.stderr.write(`glassformer: ${message}\n`))
}
