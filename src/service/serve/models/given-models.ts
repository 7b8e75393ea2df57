import { settings, type Values } from '../../../base/schema/settings.ts'
import { type Type, text } from '../../../base/schema/types.ts'
import type { PoolTranslator } from '../../../use/translate/calls/index.ts'
import { loadSettings } from '../../../use/translate/options/options.ts'

/** A model of the server: its location, its name, and its options. */
export const servedModelSettings = settings({
  folder: {
    type: text,
    default: 'fr-en',
    says: 'model folder, or the name of a model that `glassformer pull` has downloaded',
  },
  source: {
    type: text,
    optional: true,
    otherwise: 'what the folder says, or its name, as in `opus-mt-fr-en`',
    says: 'the language that it translates from',
  },
  target: {
    type: text,
    optional: true,
    otherwise: 'what the folder says, or its name',
    says: 'the language that it translates into',
  },
  ...loadSettings,
})

/** A model by its folder or name, with settings, or a loaded one. */
export type GivenModel = string | Partial<Values<typeof servedModelSettings>> | PoolTranslator

/** The models of a server by their names, or a list of folders and names. */
export type GivenModels = readonly string[] | Readonly<Record<string, GivenModel>>

export const modelsType: Type<GivenModels> = {
  expected: 'a list of folders and names of models, or an object of models by the names that they have here',
  accepts: (value): value is GivenModels =>
    Array.isArray(value)
      ? value.length > 0 && value.every((each) => typeof each === 'string')
      : typeof value === 'object' && value !== null && Object.keys(value).length > 0,
}
