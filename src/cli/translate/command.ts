import { statSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { loadSettings } from '../../translate/options.ts'
import { modelOption } from '../flags/options.ts'
import { addFlags } from '../flags/schema-flags.ts'
import { shellWord } from '../terminal/shell-word.ts'
import { type TranslateCommandOptions, textFlags } from './options.ts'

/** Whether a text is the path of a file. The name of a folder counts as a text, because a folder may well be named by a word. */
function isFile(text: string): boolean {
  try {
    return statSync(text).isFile()
  } catch {
    return false
  }
}

/** The patterns that were given before, and one more. */
function withPattern(given: string, before: RegExp[] | boolean | undefined): RegExp[] {
  try {
    return [...(Array.isArray(before) ? before : []), new RegExp(given, 'gu')]
  } catch (error) {
    throw new InvalidArgumentError(`It must be a regular expression: ${(error as Error).message}.`)
  }
}

const meantFile = (file: string) =>
  `${file} is a file: did you mean its lines? They are translated by\n` +
  `  glassformer translate < ${shellWord(file)}\n` +
  `and the text itself by\n  echo ${shellWord(file)} | glassformer translate`

const EXAMPLES = `
Each text, or each line of standard input, becomes one line, in order. A line
that the model cannot take becomes an empty line; standard error says why, and
the exit status is 1 at the end. Line ends within a text, and all white space
between its sentences, stay.
A text that is the name of a file is refused: it is taken for a slip. Standard
input says either.

Examples:
  $ glassformer translate "Je suis étudiant." "Merci."
  $ glassformer translate --beams 4 --alternatives 4 "Je suis étudiant."
  $ glassformer translate --explain "Je suis étudiant."
  $ glassformer translate < french.txt > english.txt
  $ cat french.txt | glassformer translate --json | jq .score
  $ glassformer translate --model ./without-tokenizer --ids "12 7 0"
  $ glassformer translate --model ./opus-mt-fr-en --backend native --threads 4 "Bonjour."`

export function addTranslate(program: Command): void {
  const command = program
    .command('translate')
    .description('translate texts, or the lines of standard input')
    .argument('[text...]', 'texts to translate; without any, the lines of standard input')
    .addOption(modelOption())
  addFlags(command, textFlags)
    .addOption(
      new Option(
        '--protect <regexp>',
        'what must not change, beside URLs, e-mail addresses, placeholders, formats, tags and entities; it may be given several times',
      ).argParser(withPattern),
    )
    .option('--no-protect', 'protect nothing')
    .addOption(
      new Option(
        '--ids',
        'take ids instead of texts, separated by spaces or commas, and print ids: for models without a tokenizer',
      ).conflicts('split'),
    )
    .addOption(
      new Option(
        '--json',
        'print a JSON object for each text: source, text, score, ids, tokenScores, finishReason, alternatives',
      ),
    )
    .addOption(
      new Option(
        '--explain',
        'show beside each translation where each token looked in the source, and the most probable tokens of each step',
      ).conflicts(['json', 'alternatives']),
    )
    .option('--progress', 'show the progress on standard error also where the output may go to the same terminal')
    .option('--no-progress', 'never show it (default: where standard error is a terminal and the output is a file)')
  addFlags(command, loadSettings)
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], options: TranslateCommandOptions, command: Command) => {
      const file = texts.find(isFile)
      if (file !== undefined) command.error(`error: ${meantFile(file)}`)
      const { translateTexts } = await import('./run.ts')
      await translateTexts(texts, options)
    })
}
