/** A model that the page can ask. */
export interface InspectedModel {
  /** By which the page names it; no two have the same. */
  name: string
  /** Of a model as its training had it: behind which step. */
  step?: number
  /** Whether it adds vectors of positions to its embeddings. */
  addsPositions: boolean
  /** The trace of a source as JSON. @throws GlassformerError */
  inspect(source: string, options: object, signal: AbortSignal): Promise<string>
}

/** What the page is told of models. */
export const modelData = (models: readonly InspectedModel[]): { models: string[]; steps: number[] | null } => ({
  models: models.map(({ name }) => name),
  steps: models.every(({ step }) => step !== undefined) ? models.map(({ step }) => step!) : null,
})
