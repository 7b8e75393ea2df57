import { Option } from 'commander'
import { type Schema, some } from '../../base/schema/settings.ts'
import { generationSettings } from '../../engine/decode/settings/options.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import { AS_THE_MODEL_SAYS, type Flagged } from './schema-flags.ts'

/** The same settings with another description in help: another default, or their purpose in front. */
export const reworded = <S extends Schema>(schema: S, words: { otherwise?: string; where?: string }): S =>
  Object.fromEntries(
    Object.entries(schema).map(([name, setting]) => {
      const { otherwise = setting.otherwise, where = '' } = words
      return [name, { ...setting, says: where + setting.says, ...(otherwise !== undefined && { otherwise }) }]
    }),
  ) as Schema as S

// Settings that several commands have, with the same description.

/** Flags of a search, whose defaults the model's folder sets. */
export const searchFlags = {
  ...reworded(generationSettings, { otherwise: AS_THE_MODEL_SAYS }),
  ...reworded(some(generationSettings, 'beams'), { otherwise: `${AS_THE_MODEL_SAYS}, the embedded one 4` }),
}

/** The backend that runs a model, and the precision of its weights. */
export const playFlags = some(loadSettings, 'backend', 'precision')

/** The number of workers that translate in parallel. */
export const workerFlags = some(loadSettings, 'threads', 'workers')

export interface ModelOptions extends Flagged<typeof playFlags> {
  model?: string
}

export const modelOption = () =>
  new Option(
    '-m, --model <folder>',
    'model folder, or the name of a model that glassformer pull has downloaded (default: fr-en, the embedded French → English model)',
  )
