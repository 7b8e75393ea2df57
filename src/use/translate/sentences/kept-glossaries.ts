import type { ModelGlossary } from './glossary.ts'

/** The most characters of glossaries that are kept. */
const MOST = 1 << 24

/** Glossaries as a model uses them, by the texts of their entries. The one that has not been asked for the longest is forgotten first. */
export class KeptGlossaries {
  readonly #glossaries = new Map<string, ModelGlossary>()
  #length = 0

  of(text: string, make: () => ModelGlossary): ModelGlossary {
    const known = this.#glossaries.get(text)
    const glossary = known ?? make()
    if (known) this.#glossaries.delete(text)
    else this.#length += text.length
    this.#glossaries.set(text, glossary)
    for (const oldest of this.#glossaries.keys()) {
      if (this.#length <= MOST || oldest === text) break
      this.#glossaries.delete(oldest)
      this.#length -= oldest.length
    }
    return glossary
  }
}
