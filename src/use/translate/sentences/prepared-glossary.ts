/** A term and its translation. */
export type GlossaryEntry = readonly [source: string, target: string]

/**
 * The entries of a glossary, checked, in the form in which they travel to workers: a text of lines, a term and its translation in turn. A
 * message with a text of a megabyte is made in a fraction of the time that as many pairs take. A caller who has many calls for one glossary
 * makes this once.
 */
export class PreparedGlossary {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** Entries as `entriesOf` gives them: no term and no translation has a line end. */
  static from(entries: readonly GlossaryEntry[]): PreparedGlossary {
    return new PreparedGlossary(entries.map(([source, target]) => `${source}\n${target}`).join('\n'))
  }

  /** The text of one that another thread has prepared. */
  static of(text: string): PreparedGlossary {
    return new PreparedGlossary(text)
  }
}

/** The entries of a prepared glossary. */
export function entriesIn(text: string): GlossaryEntry[] {
  if (text === '') return []
  const lines = text.split('\n')
  return Array.from({ length: lines.length / 2 }, (_, i) => [lines[2 * i], lines[2 * i + 1]] as const)
}
