import type { GlossaryEntry } from '../../../use/translate/glossary-option.ts'
import { PreparedGlossary } from '../../../use/translate/sentences/index.ts'
import { mergedEntries } from './dictionaries.ts'

type Entries = readonly GlossaryEntry[]

/** The most that are remembered. */
const MOST = 100

/** Glossaries, and several in one, as they travel to workers. They are made when they are asked for first, and again when entries have changed. */
export class PreparedGlossaries {
  readonly #known = new Map<string, { parts: readonly Entries[]; glossary: PreparedGlossary }>()

  /** `key`: what names these entries; those of an earlier part hold before those of later ones. */
  of(key: string, parts: readonly Entries[]): PreparedGlossary {
    const known = this.#known.get(key)
    const isSame = known?.parts.length === parts.length && known.parts.every((each, i) => each === parts[i])
    const glossary = isSame
      ? known.glossary
      : PreparedGlossary.from(parts.reduceRight((entries, before) => mergedEntries(entries, before)))
    this.#known.delete(key)
    this.#known.set(key, { parts, glossary })
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!)
    return glossary
  }
}
