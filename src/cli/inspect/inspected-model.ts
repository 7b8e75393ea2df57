import { traceToJson } from '../../look/trace/json.ts'
import { ownNames } from '../../look/trace/tensor-names.ts'
import type { Translator } from '../../use/translate/translator.ts'

/** A model that the page can ask. */
export interface InspectedModel {
  /** By which the page names it; no two have the same. */
  name: string
  /** Of a model as its training had it: behind which step. */
  step?: number
  /** Patterns of the names of tensors that only some models have. */
  ownNames: readonly string[]
  /** The trace of a source as JSON. @throws GlassformerError */
  inspect(source: string, options: object, signal: AbortSignal): Promise<string>
}

/** What the page is told of models. */
export const modelData = (models: readonly InspectedModel[]): { models: string[]; steps: number[] | null } => ({
  models: models.map(({ name }) => name),
  steps: models.every(({ step }) => step !== undefined) ? models.map(({ step }) => step!) : null,
})

/** Translators by the names of their folders, with a number where two have the same. */
export function inspectedModels(translators: readonly Translator[]): InspectedModel[] {
  const names = translators.map(({ model }) => model.name)
  return translators.map((translator, i) => ({
    name: names.indexOf(names[i]) === i ? names[i] : `${names[i]} (${i + 1})`,
    ownNames: ownNames(translator.model.config),
    inspect: async (source, options, signal) => traceToJson(await translator.inspect(source, { ...options, signal })),
  }))
}
