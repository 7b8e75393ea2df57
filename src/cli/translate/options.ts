import { some } from '../../base/schema/settings.ts'
import { oneOf } from '../../base/schema/types.ts'
import type { RouteModel } from '../../files/registry/route.ts'
import { documentFormats } from '../../language/markup/document/formats.ts'
import { type loadSettings, textSettings } from '../../use/translate/options/options.ts'
import { searchFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** How texts are read and written. */
export const ownTextFlags = {
  format: { ...textSettings.format, type: oneOf(...documentFormats) },
  ...some(
    textSettings,
    'split',
    'packTokens',
    'context',
    'retranslate',
    'columns',
    'attributes',
    'properties',
    'direction',
    'copyUnknown',
    'memoryThreshold',
    'memoryUse',
    'confidence',
    'minConfidence',
    'numbers',
    'readCapitals',
    'adapter',
    'sourceLanguage',
    'targetLanguage',
  ),
}

/** How texts are translated. */
export const textFlags = { ...searchFlags, ...ownTextFlags }

/** The arguments and flags of `glassformer translate`. */
export interface TranslateCommandOptions extends Flagged<typeof textFlags>, Flagged<typeof loadSettings> {
  model?: string
  /** The models on this machine that were chosen by the languages; `model` is the last of them. */
  route?: RouteModel[]
  /** Patterns of protected text; true: the default patterns, false: nothing is protected. */
  protect?: RegExp[] | boolean
  /** The file or folder to which documents go. */
  output?: string
  /** The file to which the report on documents goes. */
  report?: string
  /** Path of a glossary file. */
  glossary?: string
  /** Path of a translation memory. */
  memory?: string
  ids?: true
  /** Whether inputs and outputs are tokens. */
  tokens?: true
  /** The target prefix of the translations, as tokens. */
  targetPrefix?: string
  json?: true
  /** The confidence below which translations are marked. */
  flag?: number
  /** Whether to print an explanation beside each translation. */
  explain?: true
  /** Undefined: progress is shown where it cannot garble the output. */
  progress?: boolean
}
