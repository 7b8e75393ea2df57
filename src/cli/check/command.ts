import { type Command, InvalidArgumentError } from 'commander'
import { type CheckName, checkNames } from '../../language/checks/check-pair.ts'
import type { CheckCommandOptions } from './run.ts'

const EXAMPLES = `
Files with texts beside their translations are checked one by one: XLIFF (.xlf),
gettext (.po), TMX (.tmx) and tab-separated values (.tsv: source, target). Two
documents of any other format are a text and its translation; their paragraphs
are compared in order.

  numbers       numbers, amounts, dates and times are the same
  terms         terms of --glossary have their translations
  placeholders  %s, {name}, addresses: the same, as often
  tags          tags: the same, as often, and nested
  untranslated  there is a translation, and it is not the source itself
  doubled       no word stands twice in a row
  length        the translation is not far shorter or longer than the source

Exit status: 0 nothing found, 1 something found, or a file that cannot be read,
2 wrong usage.

Examples:
  $ glassformer check app.xlf messages.po
  $ glassformer check contract.fr.docx contract.en.docx --from fr --to en
  $ glassformer check old.tmx --from fr --to en --glossary terms.tsv --json
  $ glassformer check app.xlf --only numbers,tags`

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('what is perhaps wrong in translations: numbers, terms, placeholders, tags, doubled words')
    .argument('<files...>', 'files of translators, or a document and its translation')
    .option('--from <language>', 'the language of the texts (default: what the file says)')
    .option('--to <language>', 'the language of the translations (default: what the file says)')
    .option('-g, --glossary <file>', 'terms with their translations, separated by a tab, one pair a line')
    .option('--only <checks>', `the checks that are made, separated by commas: ${checkNames.join(', ')}`, checksIn)
    .option('--json', 'print a JSON object a line: file, line, check, says, source, target')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: CheckCommandOptions) => {
      const { checkFiles } = await import('./run.ts')
      await checkFiles(files, options)
    })
}

function checksIn(text: string): CheckName[] {
  const names = text.split(',').map((each) => each.trim())
  const unknown = names.find((each) => !checkNames.some((name) => name === each))
  if (unknown !== undefined) throw new InvalidArgumentError(`'${unknown}' is none of ${checkNames.join(', ')}.`)
  return names as CheckName[]
}
