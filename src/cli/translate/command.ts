import { statSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { present } from '../../base/present.ts'
import { isPackage } from '../../language/markup/document/formats.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import { modelOption, searchFlags } from '../flags/options.ts'
import { addFlags, SEARCH_HEADING } from '../flags/schema-flags.ts'
import { DOUBTFUL, FLAG } from '../lines/flagged.ts'
import { shellWord } from '../terminal/shell-word.ts'
import { ownTextFlags, type TranslateCommandOptions } from './options.ts'

/**
 * Whether a text is the path of a file. The name of a folder counts as a text, because a word may well be the name of a
 * folder.
 */
function isFile(text: string): boolean {
  try {
    return statSync(text).isFile()
  } catch {
    return false
  }
}

/**
 * Chooses among the models on this machine where languages are given and no model is. Standard error says which, unless
 * it is the embedded one.
 */
async function chooseModels(options: TranslateCommandOptions): Promise<void> {
  const { model, from, to } = options
  if (model !== undefined || from === undefined || to === undefined) return
  const { downloadedRoute, installedRoute } = await import('../../files/registry/index.ts')
  const route = options.yes ? await downloadedRoute(from, to) : installedRoute(from, to)
  if (route.length === 1 && route[0].name === 'fr-en') return
  process.stderr.write(`glassformer: ${route.map(({ name }) => name).join(', then ')}\n`)
  options.route = route
  options.model = present(route.at(-1)).name
  options.from = undefined
  options.to = undefined
}

/** The patterns given so far, and one more. */
function withPattern(given: string, before: RegExp[] | boolean | undefined): RegExp[] {
  try {
    return [...(Array.isArray(before) ? before : []), new RegExp(given, 'gu')]
  } catch (error) {
    throw new InvalidArgumentError(`It must be a regular expression: ${(error as Error).message}.`)
  }
}

function withConfidence(given: string): number {
  const confidence = Number(given)
  if (given.trim() !== '' && confidence >= 0 && confidence <= 1) return confidence
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

const meantFile = (file: string) =>
  `${file} is a file: did you mean its lines? They are translated by\n` +
  `  glassformer translate < ${shellWord(file)}\n` +
  `the file with its markup by\n  glassformer translate ${shellWord(file)} --output OTHER-FILE\n` +
  `and the text itself by\n  echo ${shellWord(file)} | glassformer translate`

const EXAMPLES = `
Each text, or each line of standard input, becomes one line, in order. A line
that the model cannot take becomes an empty line; standard error says why, and
the exit status is 1 at the end. Line ends within a text, and all white space
between its sentences, stay.
A text that is the name of a file is refused: it is taken for a slip. Standard
input says either.

With --output, the arguments are files and folders. Their names say what they
are: .docx .pptx .xlsx .odt .odp .ods .epub .html .xhtml .xml .svg .md .srt .vtt
.json .arb .yaml .properties .strings .csv .tsv .po .pot .xlf .txt. Only texts
change: styles, tags, code, keys, times, formulas and placeholders stay. One
file goes to the output, several go into it. The whole tree of a folder goes
there: other files are copied, hidden files and node_modules left out. A file
that cannot be parsed is passed over, and a text that the model cannot take
stays; standard error says so, and the exit status is 1 at the end. Without
--output, --format says what texts are, or takes all of standard input as one
document.

Examples:
  $ glassformer translate "Je suis étudiant." "Merci."
  $ glassformer translate --beams 4 --alternatives 4 "Je suis étudiant."
  $ glassformer translate --explain "Je suis étudiant."
  $ glassformer translate --flag 0.6 < french.txt
  $ glassformer translate < french.txt > english.txt
  $ glassformer translate report.docx --output report.en.docx
  $ glassformer translate page.html --output page.en.html
  $ glassformer translate prices.csv --columns Description --output prices.en.csv
  $ glassformer translate site-fr --output site-en
  $ glassformer translate fr.json film.srt messages.po --output english
  $ glassformer translate --format markdown < LISEZMOI > README
  $ cat french.txt | glassformer translate --json | jq .score
  $ glassformer translate --model ./without-tokenizer --ids "12 7 0"
  $ glassformer translate --model ./ctranslate2-folder --tokens "▁Je ▁suis ▁étudiant ."
  $ glassformer translate --model ./opus-mt-fr-en --backend native --threads 4 "Bonjour."`

export function addTranslate(program: Command): void {
  const command = program
    .command('translate')
    .description('translate texts, or the lines of standard input')
    .argument(
      '[text...]',
      'texts to translate, or with --output files and folders; without any, the lines of standard input',
    )
    .addOption(modelOption())
    .addOption(
      new Option(
        '-o, --output <path>',
        'take the arguments for files and folders, translate their texts, and write the results to this file or folder',
      ).conflicts(['ids', 'tokens', 'json', 'explain', 'alternatives']),
    )
  addFlags(command, ownTextFlags, 'Texts:')
    .addOption(
      new Option(
        '--protect <regexp>',
        'what must not change, beside URLs, e-mail addresses, placeholders, formats, tags and entities; it may be given several times',
      ).argParser(withPattern),
    )
    .option('--no-protect', 'protect nothing')
    .option('--glossary <file>', 'how terms are translated: lines of a term, a tab and its translation')
    .option('--memory <file>', 'a translation memory, which is asked first: glassformer memory makes one of a TMX file')
    .addOption(
      new Option(
        '--ids',
        'take ids instead of texts, separated by spaces or commas, and print ids: for models without a tokenizer',
      ).conflicts(['split', 'tokens']),
    )
    .addOption(
      new Option(
        '--tokens',
        "take tokens of the model's vocabulary instead of texts, separated by spaces, and print tokens: for models of CTranslate2 without a tokenizer",
      ).conflicts(['split', 'explain']),
    )
    .addOption(
      new Option(
        '--report <file>',
        'with --output: write there, a JSON object a line, how many texts of each document were translated, and how many stay and why',
      ),
    )
    .option('--target-prefix <tokens>', 'tokens with which each translation begins, separated by spaces')
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
      ).conflicts(['json', 'alternatives', 'glossary']),
    )
    .addOption(
      new Option(
        '--flag [confidence]',
        `mark translations that may be wrong: a line whose confidence is lower (${DOUBTFUL} unless given) begins with "${FLAG}", and JSON has "flagged"`,
      )
        .preset(String(DOUBTFUL))
        .argParser(withConfidence)
        .conflicts(['ids', 'tokens', 'output', 'explain', 'alternatives']),
    )
    .option('--progress', 'show the progress on standard error also where the output may go to the same terminal')
    .option('--no-progress', 'never show it (default: where standard error is a terminal and the output is a file)')
  addFlags(command, searchFlags, SEARCH_HEADING)
  addFlags(command, loadSettings, 'Machine and memory:')
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], options: TranslateCommandOptions, command: Command) => {
      await chooseModels(options)
      const isDocument = (options.format ?? 'text') !== 'text'
      if (options.route && options.route.length > 1 && (isDocument || options.output !== undefined))
        command.error(
          'error: documents do not go through another language here: translate twice, each time with --model',
        )
      if (isDocument && (options.ids || options.tokens || options.explain || options.alternatives))
        command.error(
          `error: --format ${options.format} goes with none of --ids, --tokens, --explain and --alternatives`,
        )
      if (isDocument && options.flag !== undefined)
        command.error(`error: --flag marks lines of text: it does not go with --format ${options.format}`)
      if (isDocument && texts.length && options.output === undefined && isPackage(present(options.format)))
        command.error(`error: a document in ${options.format} is a file: give --output, or standard input`)
      if (options.output !== undefined) return (await import('./files.ts')).translateFiles(texts, options)
      if (isDocument && !texts.length) return (await import('./files.ts')).translateInput(options)
      const file = texts.find(isFile)
      if (file !== undefined) command.error(`error: ${meantFile(file)}`)
      const { translateTexts } = await import('./run.ts')
      await translateTexts(texts, options)
    })
}
