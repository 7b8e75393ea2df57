import type { Run } from './run.ts'

/** What the HTML of the page carries as JSON. */
export interface PageData {
  /** Names of the models; the first is the one that is looked at. */
  models: string[]
  /** Where the models are one at several steps of its training, these steps; else null. */
  steps: number[] | null
  /** The sentence to begin with. */
  source: string
  /** The address that is shown where the URL has none: 'attention?layer=1'. */
  start: string
  /** In an exported file what has been computed; null where a server computes what is asked for. */
  exported: { run: Run; trace: object }[] | null
}

export const readPageData = (): PageData => JSON.parse(document.getElementById('page-data')!.textContent!)
