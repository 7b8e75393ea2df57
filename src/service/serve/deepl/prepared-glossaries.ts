import { present } from '../../../base/present.ts'
import type { GlossaryEntry } from '../../../use/translate/options/glossary-option.ts'
import { PreparedGlossary } from '../../../use/translate/sentences/index.ts'
import { mergedEntries } from './dictionaries.ts'

type Entries = readonly GlossaryEntry[]

/** The maximum number of cached glossaries. */
const MOST = 100

/**
 * Glossaries, and combinations of them, in the form sent to workers. They are made when first needed, and again after
 * changes of entries.
 */
export class PreparedGlossaries {
  readonly #known = new Map<string, { parts: readonly Entries[]; glossary: PreparedGlossary }>()

  /** `key`: the identity of these entries; entries of an earlier part override those of later parts. */
  of(key: string, parts: readonly Entries[]): PreparedGlossary {
    const known = this.#known.get(key)
    const isSame = known?.parts.length === parts.length && known.parts.every((each, i) => each === parts[i])
    const glossary = isSame
      ? known.glossary
      : PreparedGlossary.from(parts.reduceRight((entries, before) => mergedEntries(entries, before)))
    this.#known.delete(key)
    this.#known.set(key, { parts, glossary })
    if (this.#known.size > MOST) this.#known.delete(present(this.#known.keys().next().value))
    return glossary
  }
}
