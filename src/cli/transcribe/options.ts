import { cueSettings } from '../../sound/transcript/cues.ts'
import type { TranscriptFormat } from '../../sound/transcript/writers.ts'
import { liveSettings, transcribeSettings } from '../../use/transcribe/options.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

export const speechFlags = transcribeSettings
export const liveFlags = liveSettings
export const cueFlags = cueSettings
const { adapters: _, ...ofSpeech } = loadSettings
export const loadFlags = ofSpeech

/** The arguments and flags of `glassformer transcribe`. */
export interface TranscribeCommandOptions
  extends Flagged<typeof speechFlags>,
    Flagged<typeof liveFlags>,
    Flagged<typeof cueFlags>,
    Flagged<typeof loadFlags> {
  model: string
  /** The file or folder to which transcripts go. */
  output?: string
  outputFormat?: TranscriptFormat | 'all'
  txt?: true
  srt?: true
  vtt?: true
  tsv?: true
  json?: true
  /** Whether text is printed while it is spoken. */
  live?: true
  /** Whether words have times. */
  words?: true
  /** Increase of the temperature when a window fails. */
  temperatureIncrementOnFallback?: number
  /** The folder or name of the model that translates, with --translate-to. */
  translator?: string
  /** Undefined: progress is shown where it cannot garble the output. */
  progress?: boolean
}
