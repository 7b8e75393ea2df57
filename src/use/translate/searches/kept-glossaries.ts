import type { ModelGlossary } from './glossary.ts'

/** Largest number of characters of cached glossaries. */
const MOST = 1 << 24

/**
 * Cache of glossaries in the form that a model uses, by the texts of their entries. The least recently used one is
 * dropped first.
 */
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
