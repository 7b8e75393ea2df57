import type { Options } from 'minisearch'

/** A part of a page of the docs: what stands below one heading. */
export interface DocsPart {
  id: number
  /** Title of its page. */
  page: string
  heading: string
  text: string
  /** From the folder of the docs: 'browser.html#the-site'. */
  address: string
  /** The beginning of its text. */
  excerpt: string
}

/** How the index of the search is made and read; headings count more than texts. */
export const docsFields: Options<DocsPart> = {
  fields: ['heading', 'page', 'text'],
  storeFields: ['page', 'heading', 'address', 'excerpt'],
  searchOptions: { boost: { heading: 3, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
}
