import { splitLines } from '../../text/sentences/lines.ts'
import { inOneLine } from '../../text/sentences/spaces.ts'
import { Document, isText, type Unit } from '../document/document.ts'

/** Parses plain text: each line is a text. */
export function parseText(source: string): Document {
  const { sentences, spaces } = splitLines(source)
  const units: Unit[] = []
  let at = 0
  sentences.forEach((line, i) => {
    const start = at + spaces[i].length
    const end = start + line.length
    at = end
    if (isText(line))
      units.push({
        at: start,
        text: { text: line, spans: [] },
        edits: ({ text }) => [{ start, end, text: inOneLine(text) }],
      })
  })
  return new Document(source, units)
}
