/** A page of the site, made from one entry module of this folder. */
export interface SitePage {
  /** File in site/. */
  file: string
  /** Text of its link in the navigation, and of its title. */
  title: string
  /** Module of src/look/site/ that fills the page's `<main>`. */
  entry: string
}

/** Every page, in the order of the navigation. `npm run site` bundles each entry. */
export const pages: readonly SitePage[] = [{ file: 'index.html', title: 'Translate', entry: 'front.ts' }]
