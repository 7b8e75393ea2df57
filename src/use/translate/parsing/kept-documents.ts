import type { Document } from '../../../language/markup/document.ts'

/** The most characters of documents that are kept. */
const MOST = 1 << 22

/** Documents that have been parsed, and are to be written later. Those that were parsed first are forgotten first. */
export class KeptDocuments {
  readonly #documents = new Map<number, { document: Document; length: number }>()
  #length = 0

  add(id: number, document: Document, length: number): void {
    this.#documents.set(id, { document, length })
    this.#length += length
    for (const oldest of this.#documents.keys()) {
      if (this.#length <= MOST) return
      this.take(oldest)
    }
  }

  /** Takes a document out; undefined where it has been forgotten. */
  take(id: number): Document | undefined {
    const found = this.#documents.get(id)
    if (!found) return undefined
    this.#documents.delete(id)
    this.#length -= found.length
    return found.document
  }
}
