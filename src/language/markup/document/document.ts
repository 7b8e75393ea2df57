import { GlassformerError } from '../../../base/errors.ts'
import type { MarkedText, PlacedText } from '../../protect/span.ts'

/** A word without white space in the syntax of programs: a path, an identifier, a time, a color, a language code. */
const CODE =
  /^(?=.*[A-Za-z0-9])[!-~]*(?:[\w](?:[_/\\@#=&:0-9]|\.(?=\w))|[_/\\@#=&0-9][\w])[!-~]*$|^[a-z]{2,3}-[A-Z]{2}$/

/**
 * A label of a form or a menu: a word with a colon ("Nom:") or with the sign of its key ("&Fichier", "_Ouvrir", "Fi&chier"),
 * words beside a line or an ampersand ("oui/non", "Q&A"). Two words beside a line in small letters may also be the name of a
 * type or of a path's first folders, which are listed.
 */
const LABEL =
  /^(?:[A-Z]|[A-Za-z'-]{2,})[:.…_\s]*:[\s_.…]*$|^(?:&[A-Za-z]|_[A-Z])[a-z'-]+:?$|^[A-Za-z]+(?:&[A-Za-z]+)+:?$|^[A-Za-z'-]{2,}\/[A-Za-z'-]{2,}:?$|^[A-Z][a-z'-]+(?:\/[A-Z][a-z'-]+)+:?$/
const NO_LABEL =
  /^(?:application|audio|example|font|image|message|model|multipart|text|video|assets|bin|dist|docs|etc|home|lib|node_modules|public|scripts|src|test|tests|tmp|usr|var)\/|^(?:ftps?|https?|mailto|file|data):$/i

/** The maximum length of a code in characters. */
const LONGEST = 256

const isCode = (text: string) => CODE.test(text) && (NO_LABEL.test(text) || !LABEL.test(text))

/**
 * How many texts of a document stay as they are, and why. 'code': they look like the code of a program. 'wordless': they
 * have no letter, as numbers. 'translated': they have a translation already.
 */
export interface LeftTexts {
  code: number
  wordless: number
  translated: number
}

export const nothingLeft = (): LeftTexts => ({ code: 0, wordless: 0, translated: 0 })

/** The texts that the parser at work has left. A parser runs in one go, and all of its parts ask `isText`. */
let left = nothingLeft()

/** Parses a document, and counts the texts that are left. */
export function counted(parse: () => Document): Document {
  left = nothingLeft()
  const document = parse()
  document.left = left
  return document
}

/** Counts texts that a parser leaves. */
export function leave(why: keyof LeftTexts, count = 1): void {
  left[why] += count
}

/** Whether a text has words to translate, and is not a program's code. */
export function isText(text: string): boolean {
  if (!/\p{L}/u.test(text)) {
    if (text.trim() !== '') leave('wordless')
    return false
  }
  if (text.length > LONGEST || !isCode(text.trim())) return true
  leave('code')
  return false
}

/** A new text for a part of a document, in UTF-16 units of its source. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** A text of a document that is translated as a whole, and the edits that its translation makes. */
export interface Unit {
  /** Its offset in the source, for messages. */
  at: number
  text: MarkedText
  /** Whether the text is a value in a tag, which may be a tag within another text. */
  isInTag?: true
  /** `raw` is a part of the source with the edits within its tags; by default the part as it is. */
  edits(translation: PlacedText, raw?: Raw): Edit[]
}

/** A part of a document's source, from an offset to another. */
export type Raw = (start: number, end: number) => string

/**
 * A parsed document: its texts, and the places of their translations. Everything outside the units' texts keeps its
 * characters, because translations are edits of the source.
 */
export class Document {
  readonly #source: string
  readonly #units: readonly Unit[]
  readonly #edits: readonly Edit[]
  /** The texts that stay. */
  left: Readonly<LeftTexts> = nothingLeft()
  /** Texts of cells that formulas compare or look up. */
  compared: readonly string[] = []

  /** `edits` are made regardless of the translations. */
  constructor(source: string, units: readonly Unit[], edits: readonly Edit[] = []) {
    this.#source = source
    this.#units = units
    this.#edits = edits
  }

  /** The texts to be translated, in the order of the document. */
  get texts(): MarkedText[] {
    return this.#units.map(({ text }) => text)
  }

  /** The line number of each text's beginning, from 1. */
  get lines(): number[] {
    let [line, from] = [1, 0]
    return this.#units.map(({ at }) => {
      if (at < from) [line, from] = [1, 0]
      line += lineAt(this.#source.slice(from, at), at - from) - 1
      from = at
      return line
    })
  }

  /** The document with these translations of its texts. A text with a null translation stays. */
  translated(translations: readonly (PlacedText | null)[]): string {
    const editsOf = (isInTag: boolean, raw?: Raw) =>
      this.#units.flatMap((unit, i) => {
        const translation = (unit.isInTag ?? false) === isInTag ? translations[i] : null
        return translation ? unit.edits(translation, raw) : []
      })
    const inTags = new TagEdits(this.#source, [...this.#edits, ...editsOf(true)])
    const outer = editsOf(false, (start, end) => inTags.raw(start, end))
    return edited(this.#source, [...inTags.outside(outer), ...outer])
  }
}

/** Edits within tags, some of which are copied into the translations of the texts around them. */
class TagEdits {
  readonly #source: string
  readonly #edits: readonly Edit[]

  constructor(source: string, edits: readonly Edit[]) {
    this.#source = source
    this.#edits = edits.toSorted((a, b) => a.start - b.start)
  }

  raw(start: number, end: number): string {
    return edited(
      this.#source.slice(start, end),
      this.#within(start, end).map((edit) => movedEdit(edit, -start)),
    )
  }

  /** The edits that none of these others includes. */
  outside(others: readonly Edit[]): Edit[] {
    const included = new Set(others.flatMap(({ start, end }) => this.#within(start, end)))
    return this.#edits.filter((edit) => !included.has(edit))
  }

  #within(start: number, end: number): readonly Edit[] {
    const [from, to] = [this.#firstFrom(start), this.#firstFrom(end)]
    return from === to ? [] : this.#edits.slice(from, to)
  }

  /** The number of edits before an offset. */
  #firstFrom(offset: number): number {
    let [low, high] = [0, this.#edits.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#edits[middle].start < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Units whose offsets count from the beginning of a part, converted to offsets in the document. */
export const moved = (units: readonly Unit[], by: number): Unit[] =>
  units.map(({ at, edits, ...unit }) => ({
    ...unit,
    at: at + by,
    edits: (translation, raw) =>
      edits(translation, raw && ((start, end) => raw(start + by, end + by))).map((edit) => movedEdit(edit, by)),
  }))

/** An edit whose offsets count from an earlier place. */
export const movedEdit = (edit: Edit, by: number): Edit => ({ ...edit, start: edit.start + by, end: edit.end + by })

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
