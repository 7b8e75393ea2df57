import { settings, some } from '../../base/schema/settings.ts'
import { integer } from '../../base/schema/types.ts'
import { modelSettings, vocabularySettings } from '../../learn/train/settings/new-model-settings.ts'
import {
  corpusSettings,
  dataSettings,
  loraSettings,
  trainingSettings,
  validationSettings,
} from '../../learn/train/settings/settings.ts'
import type { trainOptions } from '../../learn/train/settings/train-options.ts'
import type { CorpusOptions } from '../flags/corpus-options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** The settings that the command's flags set, by their groups. */
export const flaggedSettings = {
  data: dataSettings,
  vocabulary: vocabularySettings,
  model: modelSettings,
  lora: loraSettings,
  training: trainingSettings,
  validation: validationSettings,
}

/** The flags that say how --text is divided. */
export const textFlags = some(corpusSettings.text, 'unit', 'separator')

/** The flags that say what --audio has. */
export const soundFlags = some(corpusSettings.audio, 'language')

/** The options that control how the command reports the training. */
export const reportSettings = settings({
  logEvery: {
    type: integer(1),
    default: 100,
    flag: '--log-every <n>',
    says: 'steps between lines where there is no progress line',
  },
})

type FlaggedSettings = Flagged<typeof dataSettings> &
  Flagged<typeof vocabularySettings> &
  Flagged<typeof modelSettings> &
  Flagged<typeof loraSettings> &
  Flagged<typeof trainingSettings> &
  Flagged<typeof validationSettings>

export const presets = ['tiny', 'small', 'base', 'student'] as const
export type Preset = (typeof presets)[number]

/** The arguments and flags of `glassformer train`. */
export interface TrainCommandOptions
  extends CorpusOptions,
    FlaggedSettings,
    Flagged<typeof trainOptions>,
    Flagged<typeof reportSettings> {
  output: string
  from?: string
  validation?: string
  mix?: string
  rehearse?: string
  watch?: string[]
  preset?: Preset
  /** Undefined: progress is shown where standard error is a terminal. */
  progress?: boolean
}
