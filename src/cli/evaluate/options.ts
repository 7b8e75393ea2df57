import type { BleuTokenizer } from '../../evaluate/bleu-tokenizers.ts'
import type { TranslateAllOptions } from '../lines/translate-all.ts'

/** What `glassformer evaluate` is given. */
export interface EvaluateCommandOptions extends TranslateAllOptions {
  test?: string
  hypotheses?: string
  sources?: string
  references?: string[]
  tokenize?: BleuTokenizer
  lowercase?: true
  json?: true
}
