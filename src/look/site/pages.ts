/** A page of the site. Its entry is the name of a module of this folder, and of the HTML of its body where it has some (loading.html otherwise; the docs are Markdown). */
export interface SitePage {
  /** File in site/. */
  file: string
  /** Text of its link in the navigation, and of its title. */
  title: string
  entry: string
  /** Whether a visitor may have it fetch a model from another host, and hear the microphone. Other pages ask no other host. */
  isOpen?: true
}

/** Every page, in the order of the navigation. `npm run site` bundles each entry. */
export const pages: readonly SitePage[] = [
  { file: 'index.html', title: 'Translate', entry: 'front' },
  { file: 'learn.html', title: 'Learn', entry: 'learn' },
  { file: 'inspector.html', title: 'Inspector', entry: 'inspector' },
  { file: 'speech.html', title: 'Speech', entry: 'speech', isOpen: true },
  { file: 'sentences.html', title: 'Sentences', entry: 'sentences', isOpen: true },
  { file: 'docs/index.html', title: 'Docs', entry: 'docs' },
]
