import {
  dataSettings,
  modelSettings,
  trainingSettings,
  validationSettings,
  vocabularySettings,
} from '../../train/settings.ts'
import type { trainOptions } from '../../train/train-options.ts'
import type { CorpusOptions } from '../flags/corpus-options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The settings that flags of the command give, by their groups. */
export const flaggedSettings = {
  data: dataSettings,
  vocabulary: vocabularySettings,
  model: modelSettings,
  training: trainingSettings,
  validation: validationSettings,
}

type FlaggedSettings = Flagged<typeof dataSettings> &
  Flagged<typeof vocabularySettings> &
  Flagged<typeof modelSettings> &
  Flagged<typeof trainingSettings> &
  Flagged<typeof validationSettings>

export const presets = ['tiny', 'small', 'base'] as const
export type Preset = (typeof presets)[number]

/** What `glassformer train` is given. */
export interface TrainCommandOptions extends CorpusOptions, FlaggedSettings, Flagged<typeof trainOptions> {
  output: string
  from?: string
  validation?: string
  preset?: Preset
  logEvery?: number
  /** Undefined: where standard error is a terminal. */
  progress?: boolean
}
