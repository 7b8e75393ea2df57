import type { Document } from '../../../language/markup/document/document.ts'

/** Largest number of characters of kept documents. */
const MOST = 1 << 22

/** Parsed documents that will be written later. The oldest document is dropped first. */
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

  /** Takes a document out; undefined if it has been dropped. */
  take(id: number): Document | undefined {
    const found = this.#documents.get(id)
    if (!found) return undefined
    this.#documents.delete(id)
    this.#length -= found.length
    return found.document
  }
}
