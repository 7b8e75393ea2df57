import { some } from '../../base/schema/settings.ts'
import { bleuSettings } from '../../learn/evaluate/bleu-options.ts'
import { corpusSettings } from '../../learn/train/settings/settings.ts'
import { textSettings } from '../../use/translate/options/options.ts'
import type { LanguageOptions } from '../flags/corpus-options.ts'
import { playFlags, reworded, searchFlags, workerFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'
import type { TranslateAllOptions } from '../lines/translate-all.ts'

/** How scores are computed. */
export const scoreFlags = some(bleuSettings, 'tokenize', 'lowercase')

/** How a file of texts is divided. */
export const unitFlag = some(corpusSettings.text, 'unit')

/** How a model translates the sentences that are scored. */
export const translationFlags = {
  ...some(searchFlags, 'beams', 'shortlist'),
  ...reworded(some(textSettings, 'split'), {
    otherwise: 'long: a line is translated as a whole, as its references were',
  }),
  ...playFlags,
  ...workerFlags,
}

/** How a model that hears runs. */
export const speechFlags = { ...playFlags, ...workerFlags }

/** The arguments and flags of `glassformer evaluate`. */
export interface EvaluateCommandOptions
  extends TranslateAllOptions,
    LanguageOptions,
    Flagged<typeof scoreFlags>,
    Flagged<typeof unitFlag> {
  perplexity?: string
  /** The folder of clips and transcripts, or a file of transcripts. */
  speech?: string
  audioLanguage?: string
  test?: string
  /** The name of a public test set. */
  suite?: 'ntrex'
  suiteFolder?: string
  hypotheses?: string
  sources?: string
  references?: string[]
  json?: true
}
