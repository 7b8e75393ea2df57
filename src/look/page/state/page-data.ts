import type { Run } from './run.ts'

/** The JSON data in the page's HTML. */
export interface PageData {
  /** Names of the models; the first is the selected one. */
  models: string[]
  /** The steps of the training where the models are checkpoints of one training; else null. */
  steps: number[] | null
  /** The first sentence. */
  source: string
  /** The address where the URL has none: 'attention?layer=1'. */
  start: string
  /** The computed traces in an exported file; null where a server computes them. */
  exported: { run: Run; trace: object }[] | null
}

// biome-ignore lint/style/noNonNullAssertion: the page is written with this element
export const readPageData = (): PageData => JSON.parse(document.getElementById('page-data')!.textContent!)
