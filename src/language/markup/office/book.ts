import { withAttribute } from '../document/attributes.ts'
import { Document, type Edit } from '../document/document.ts'
import { tokensOf } from '../document/tokens.ts'
import { htmlUnits, type PageReading, pageLanguages } from '../tags/html.ts'

/** Parses a page of a book: XHTML, with what its pictures say to those who do not see them. */
export function parseBook(source: string, isTurned: boolean, reading: PageReading = {}): Document {
  const tokens = tokensOf(source, true)
  const root = tokens.find(({ kind, name }) => kind === 'open' && name === 'html')
  const edits: Edit[] = isTurned && root ? [withAttribute(source, root, 'dir', 'rtl')] : []
  edits.push(...pageLanguages(source, tokens, reading.languages))
  return new Document(source, htmlUnits(source, reading), edits)
}
