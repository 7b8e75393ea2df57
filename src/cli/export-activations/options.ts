import { settings, some } from '../../base/schema/settings.ts'
import { integer, oneOf } from '../../base/schema/types.ts'
import { loadSettings } from '../../use/translate/options/options.ts'
import type { Flagged } from '../flags/schema-flags.ts'

/** How activations are stored. */
export const exportSettings = settings({
  shardLines: {
    type: integer(1, 1_000_000),
    default: 1000,
    flag: '--shard-lines <n>',
    says: 'lines in each file',
  },
  dtype: {
    type: oneOf('float32', 'float16', 'bfloat16'),
    default: 'float32',
    flag: '--dtype <name>',
    says: 'how numbers are stored',
  },
})

/** The backend that runs the model. */
export const exportPlayFlags = some(loadSettings, 'backend', 'precision', 'tokenizer')

/** The arguments and flags of `glassformer export-activations`. */
export interface ExportActivationsOptions extends Flagged<typeof exportSettings>, Flagged<typeof exportPlayFlags> {
  model?: string
  /** Names or patterns of tensors. */
  tensors: string[]
  /** The folder of the files. */
  output: string
  /** A file with the target of each line. */
  targets?: string
  progress?: boolean
}
