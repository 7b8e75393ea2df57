import type { TranslateCommandOptions } from '../translate/options.ts'
import { translateTexts } from '../translate/run.ts'

/** `glassformer summarize`: each text, or line of standard input, is one sequence. */
export const summarizeTexts = (texts: readonly string[], options: TranslateCommandOptions): Promise<void> =>
  translateTexts(texts, { ...options, split: 'never' }, 'summarization')
