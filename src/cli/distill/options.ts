import { settings, some } from '../../base/schema/settings.ts'
import { integer, oneOf } from '../../base/schema/types.ts'
import { vocabularySettings } from '../../learn/train/settings/new-model-settings.ts'
import { dataSettings, trainingSettings, validationSettings } from '../../learn/train/settings/settings.ts'
import { trainOptions } from '../../learn/train/settings/train-options.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import type { LanguageOptions } from '../flags/corpus-options.ts'
import { reworded } from '../flags/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'
import { targetKinds } from '../lines/translated-pairs.ts'
import type { Preset } from '../train/options.ts'

/** How the teacher translates. */
export const distillSettings = settings({
  beams: { type: integer(1), default: 4, flag: '--beams <n>', says: 'hypotheses of the teacher for a sentence' },
  targets: {
    type: oneOf(...targetKinds),
    default: 'nearest',
    flag: '--targets <which>',
    says: 'what the student learns: of the beams the one nearest to the reference by BLEU, the best one, or the nearest beside the reference (both)',
  },
})

const ofPreset = { otherwise: 'that of --preset' }

/** The settings of the student's training, and of all that runs. */
export const studentFlags = {
  ...some(dataSettings, 'heldOut'),
  ...reworded(some(vocabularySettings, 'size'), ofPreset),
  ...reworded(some(trainingSettings, 'steps', 'batchTokens', 'learningRate', 'dropout', 'ema'), ofPreset),
  ...some(trainingSettings, 'epochs', 'schedule', 'seed', 'saveEvery', 'patience'),
  ...some(validationSettings, 'every'),
  ...trainOptions,
  ...some(loadSettings, 'workers'),
}

/** The flags of `glassformer distill`. */
export interface DistillCommandOptions
  extends LanguageOptions,
    Flagged<typeof distillSettings>,
    Flagged<typeof studentFlags> {
  teacher: string
  pairs: string
  output: string
  preset: Preset
  test?: string
  json?: true
  /** Undefined: progress is shown where standard error is a terminal. */
  progress?: boolean
}
