import { some } from '../../base/schema/settings.ts'
import type { cutSettings, queueSettings } from '../../service/queue/jobs/options.ts'
import type { TranscriptFormat } from '../../sound/transcript/writers.ts'
import { textSettings } from '../../use/translate/options/options.ts'
import { searchFlags } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** How the lines are translated. */
export const ownTextFlags = some(
  textSettings,
  'split',
  'copyUnknown',
  'readCapitals',
  'adapter',
  'sourceLanguage',
  'targetLanguage',
)
export const translationFlags = { ...searchFlags, ...ownTextFlags }

/** The arguments and flags of `glassformer enqueue`. */
export interface EnqueueCommandOptions
  extends Flagged<typeof queueSettings>,
    Flagged<typeof cutSettings>,
    Flagged<typeof translationFlags> {
  output?: string
  /** Whether the file is a sound, or a folder of sounds. */
  sound?: true
  outputFormat?: TranscriptFormat
  language?: string
  task?: 'transcribe' | 'translate'
  words?: true
  /** False: nothing is protected. */
  protect?: boolean
  /** Path of a glossary file. */
  glossary?: string
  /** Undefined: progress is shown where standard error is a terminal. */
  progress?: boolean
}
