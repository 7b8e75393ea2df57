import type { Command } from 'commander'
import { addTask } from '../flags/task-command.ts'
import type { TranslateCommandOptions } from '../translate/options.ts'

const EXAMPLES = `
Each text, or each line of standard input, becomes one line, in order. The
model's prefix for the task, as its config.json has it, stands before each text.

Examples:
  $ glassformer pull facebook/bart-large-cnn
  $ glassformer summarize --model facebook/bart-large-cnn "$(tr '\\n' ' ' < article.txt)"
  $ glassformer summarize --model facebook/bart-large-cnn --beams 4 < texts.txt`

export function addSummarize(program: Command): void {
  addTask(program, 'summarize', 'summarize texts, or the lines of standard input')
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], options: TranslateCommandOptions) => {
      const { summarizeTexts } = await import('./run.ts')
      await summarizeTexts(texts, options)
    })
}
