import type { TranslateCommandOptions } from '../translate/options.ts'

/** `glassformer generate`: runs the model on each text, or line of standard input, as one sequence. */
export async function generateTexts(texts: readonly string[], options: TranslateCommandOptions): Promise<void> {
  const { translateTexts } = await import('../translate/run.ts')
  await translateTexts(texts, { ...options, split: 'never' }, 'text2text-generation')
}
