import { present } from '../../base/present.ts'
import { traceToJson } from '../../trace/data/json.ts'
import { ownNames } from '../../trace/edits/tensor-names.ts'
import type { Translator } from '../../use/translate/translator.ts'

/** A model that the page can query. */
export interface InspectedModel {
  /** The model's unique name on the page. */
  name: string
  /** For a model of a training: the step of its checkpoint. */
  step?: number
  /** Patterns of the names of tensors that only some models have. */
  ownNames: readonly string[]
  /** The trace of a source as JSON. @throws GlassformerError */
  inspect(source: string, options: object, signal: AbortSignal): Promise<string>
}

/** The description of the models that the page receives. */
export const modelData = (models: readonly InspectedModel[]): { models: string[]; steps: number[] | null } => ({
  models: models.map(({ name }) => name),
  steps: models.every(({ step }) => step !== undefined) ? models.map(({ step }) => present(step)) : null,
})

/**
 * Translators by the names of their folders, numbered where two folders have the same name. With the name of an adapter, each model comes
 * with it first, and then as it is.
 */
export function inspectedModels(translators: readonly Translator[], adapter?: string): InspectedModel[] {
  const names = translators.map(({ model }) => model.name)
  return translators.flatMap((translator, i) => {
    const name = names.indexOf(names[i]) === i ? names[i] : `${names[i]} (${i + 1})`
    const inspected = (name: string, own: { adapter?: string }): InspectedModel => ({
      name,
      ownNames: ownNames(translator.model.config),
      inspect: async (source, options, signal) =>
        traceToJson(await translator.inspect(source, { ...own, ...options, signal })),
    })
    const plain = inspected(name, {})
    return adapter === undefined ? [plain] : [inspected(`${name} with ${adapter}`, { adapter }), plain]
  })
}
