import type { LanguageSide } from '../models/model-languages.ts'
import type { ServedModel } from '../models/served-model.ts'

const languages = (side: LanguageSide | null) => side?.codes ?? []

/** A model in the form of our own interface. */
export const modelJson = (model: ServedModel) => ({
  name: model.name,
  isLoaded: model.translator !== null,
  sources: languages(model.languages.source),
  targets: languages(model.languages.target),
  memory: model.memory,
  requests: model.users,
  ...(model.translator && {
    precision: model.translator.model.precision,
    hasConfidence: model.translator.model.hasConfidence,
    defaults: model.translator.model.defaults,
    adapters: model.translator.adapters,
  }),
})

/** The JSON Schema of a model. */
export const modelSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    isLoaded: { type: 'boolean', description: 'whether it is in memory; it is loaded when it is asked for' },
    sources: {
      type: 'array',
      items: { type: 'string' },
      description: 'codes of the languages that it translates from; empty where they are unknown',
    },
    targets: {
      type: 'array',
      items: { type: 'string' },
      description: 'codes of the languages that it translates into; empty where they are unknown',
    },
    memory: { type: 'integer', description: 'bytes of its weights in memory' },
    requests: { type: 'integer', description: 'requests that it works on' },
    precision: { type: 'string', description: 'how its matrices are held, where it is loaded' },
    hasConfidence: {
      type: 'boolean',
      description: 'whether it says how probably words are right (`confidence`), where it is loaded',
    },
    adapters: {
      type: 'array',
      items: { type: 'string' },
      description: 'names of the low-rank adapters that requests may choose, where it is loaded',
    },
    defaults: {
      type: 'object',
      description: 'the options of its search, where it is loaded',
      additionalProperties: true,
    },
  },
  required: ['name', 'isLoaded', 'sources', 'targets', 'memory', 'requests'],
}
