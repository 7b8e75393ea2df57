import { GlassformerError } from '../../base/errors.ts'
import type { MarkedText, PlacedText } from '../protect/span.ts'

/** A new text for a part of a document, in UTF-16 units of its source. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** A text of a document that is translated as one, and what its translation changes. */
export interface Unit {
  /** Where it begins in the source, for messages. */
  at: number
  text: MarkedText
  edits(translation: PlacedText): Edit[]
}

/**
 * A document that has been parsed: its texts, and where their translations go. All that is no text of a unit stays as it is in the source,
 * character by character, because translations are edits of the source.
 */
export class Document {
  readonly #source: string
  readonly #units: readonly Unit[]
  readonly #edits: readonly Edit[]

  /** `edits` are made whatever the translations are. */
  constructor(source: string, units: readonly Unit[], edits: readonly Edit[] = []) {
    this.#source = source
    this.#units = units
    this.#edits = edits
  }

  /** The texts that are to be translated, in the order of the document. */
  get texts(): MarkedText[] {
    return this.#units.map(({ text }) => text)
  }

  /** The line on which each text begins, from 1 on. */
  get lines(): number[] {
    let [line, from] = [1, 0]
    return this.#units.map(({ at }) => {
      if (at < from) [line, from] = [1, 0]
      line += lineAt(this.#source.slice(from, at), at - from) - 1
      from = at
      return line
    })
  }

  /** The document with these translations of its texts. A text whose translation is null stays. */
  translated(translations: readonly (PlacedText | null)[]): string {
    const edits = this.#units.flatMap((unit, i) => {
      const translation = translations[i]
      return translation ? unit.edits(translation) : []
    })
    return edited(this.#source, [...this.#edits, ...edits])
  }
}

/** Units of a part of a document that begins so many characters behind its begin. */
export const moved = (units: readonly Unit[], by: number): Unit[] =>
  units.map(({ at, text, edits }) => ({
    at: at + by,
    text,
    edits: (translation) => edits(translation).map((edit) => ({ ...edit, start: edit.start + by, end: edit.end + by })),
  }))

/** A text with edits that do not overlap. */
export function edited(source: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const { start, end, text } of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(source.slice(at, start), text)
    at = end
  }
  parts.push(source.slice(at))
  return parts.join('')
}

/** The number of the line at an index of a text. Lines end with \n, \r\n or \r. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split(/\r\n|\n|\r/).length
}

/** ERR_INPUT for a document that cannot be parsed. */
export const unreadable = (source: string, index: number, what: string): GlassformerError =>
  new GlassformerError('ERR_INPUT', `line ${lineAt(source, index)}: ${what}`)
