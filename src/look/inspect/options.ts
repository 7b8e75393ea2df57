import { type Given, settings, some } from '../../base/schema/settings.ts'
import { integer, oneOf } from '../../base/schema/types.ts'
import { backendSetting } from '../../engine/program/chosen-backend.ts'
import { loadSettings } from '../../use/translate/options/options.ts'

/** The programs of a model: one encodes sources, one computes a decoding step, one computes whole given targets. */
export const parts = ['encoder', 'step', 'forced'] as const
/** A program of a model, by its name. */
export type Part = (typeof parts)[number]

/** Options of the backend that runs the inspected programs. */
export interface InspectOptions extends Given<typeof inspectSettings> {}

export const inspectSettings = settings({
  backend: backendSetting,
  threads: {
    type: integer(1),
    default: 1,
    flag: '--threads <n>',
    says: 'threads of the kernels; above the number of cores it counts as that',
  },
})

/** Options for inspecting a model folder. */
export interface InspectFolderOptions extends Given<typeof inspectFolderSettings> {}

export const inspectFolderSettings = { ...inspectSettings, ...some(loadSettings, 'precision', 'tokenizer') }

/** The program, and the number of tokens that its rows attend to. */
export const partSettings = settings({
  part: { type: oneOf(...parts), flag: '-p, --part <name>', says: 'which program' },
  length: {
    type: integer(1),
    default: 1,
    otherwise: '1, the first step',
    flag: '--length <n>',
    says: 'part step: how many cached tokens each row looks at, its own included',
  },
})
