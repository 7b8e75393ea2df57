/** A model that the page can ask. */
export interface InspectedModel {
  /** By which the page names it; no two have the same. */
  name: string
  /** Whether it adds vectors of positions to its embeddings. */
  addsPositions: boolean
  /** The trace of a source as JSON. @throws GlassformerError */
  inspect(source: string, options: object, signal: AbortSignal): Promise<string>
}
