import { some } from '../../base/schema/settings.ts'
import { type loadSettings, textSettings } from '../../use/translate/options.ts'
import { searchFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** How texts are translated. */
export const textFlags = {
  ...searchFlags,
  ...some(
    textSettings,
    'split',
    'format',
    'retranslate',
    'copyUnknown',
    'readCapitals',
    'sourceLanguage',
    'targetLanguage',
  ),
}

/** What `glassformer translate` is given. */
export interface TranslateCommandOptions extends Flagged<typeof textFlags>, Flagged<typeof loadSettings> {
  model?: string
  /** Patterns of what must not change; true where there are none, false where nothing is protected. */
  protect?: RegExp[] | boolean
  /** The file or folder to which documents go. */
  output?: string
  /** The file of a glossary. */
  glossary?: string
  ids?: true
  /** Whether to take and print tokens. */
  tokens?: true
  /** The tokens with which translations begin. */
  targetPrefix?: string
  json?: true
  /** Whether to say beside each translation what the model thought. */
  explain?: true
  /** Undefined: where it garbles nothing. */
  progress?: boolean
}
