import { settings, some } from '../../base/schema/settings.ts'
import { integer, oneOf } from '../../base/schema/types.ts'
import { type BackendChoice, backendSetting } from '../../engine/program/chosen-backend.ts'
import { loadSettings } from '../../use/translate/options.ts'

/** The programs of a model: what encodes sources, what takes one decoding step, what looks at whole given targets. */
export const parts = ['encoder', 'step', 'forced'] as const
export type Part = (typeof parts)[number]

/** What plays the programs that are looked at. */
export interface InspectOptions {
  /** Default 'auto' (or GLASSFORMER_BACKEND): native where it can be, else WebAssembly, else JavaScript. */
  backend?: BackendChoice
  /** Threads of the kernels; more than there are cores count as that. Default 1: times are those of one core. */
  threads?: number
}

export const inspectSettings = settings({
  backend: backendSetting,
  threads: {
    type: integer(1),
    default: 1,
    flag: '--threads <n>',
    says: 'threads of the kernels; above the number of cores it counts as that',
  },
})

/** How a model folder is looked at. */
export const inspectFolderSettings = { ...inspectSettings, ...some(loadSettings, 'precision') }

/** Which program, and how many tokens its rows look at. */
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
