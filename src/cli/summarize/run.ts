import type { TranslateCommandOptions } from '../translate/options.ts'

/** `glassformer summarize`: each text, or line of standard input, is one sequence. */
export async function summarizeTexts(texts: readonly string[], options: TranslateCommandOptions): Promise<void> {
  const { translateTexts } = await import('../translate/run.ts')
  await translateTexts(texts, { ...options, split: 'never' }, 'summarization')
}
