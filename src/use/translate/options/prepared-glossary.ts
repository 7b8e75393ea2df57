/** A term and its translation. */
export type GlossaryEntry = readonly [source: string, target: string]

/**
 * Checked entries of a glossary in the form that is sent to workers: a text of lines, alternately a term and its
 * translation. A message with a text of a megabyte is made in a fraction of the time that as many pairs take. Callers
 * with many calls for one glossary make this once.
 */
export class PreparedGlossary {
  readonly text: string

  private constructor(text: string) {
    this.text = text
  }

  /** `entries` come from `entriesOf`, so that no term and no translation has a line end. */
  static from(entries: readonly GlossaryEntry[]): PreparedGlossary {
    return new PreparedGlossary(entries.map(([source, target]) => `${source}\n${target}`).join('\n'))
  }

  /** Wraps the text of a glossary that another thread has prepared. */
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
