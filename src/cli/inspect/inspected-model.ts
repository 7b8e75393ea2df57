/** A model that the page can ask. */
export interface InspectedModel {
  /** By which the page names it; no two have the same. */
  name: string
  /** The trace of a source as JSON. @throws GlassformerError */
  inspect(source: string, options: object, signal: AbortSignal): Promise<string>
}
