import type { Command } from 'commander'
import { addTask } from '../flags/task-command.ts'
import type { TranslateCommandOptions } from '../translate/options.ts'

const EXAMPLES = `
Each text, or each line of standard input, becomes one line, in order. The
model's prefix for the task, as its config.json has it, stands before each text.
A decoder alone, such as GPT-2, goes on with each text: what is printed follows
it, with the space between them.

Examples:
  $ glassformer pull google/flan-t5-base
  $ glassformer generate --model google/flan-t5-base "Translate to German: How old are you?"
  $ glassformer generate --model google/flan-t5-base --beams 4 < texts.txt
  $ glassformer generate --model openai-community/gpt2 --sample --max-tokens 60 "Once upon a time"`

export function addGenerate(program: Command): void {
  addTask(program, 'generate', 'generate text from texts, or from the lines of standard input, with any model')
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], options: TranslateCommandOptions) => {
      const { generateTexts } = await import('./run.ts')
      await generateTexts(texts, options)
    })
}
