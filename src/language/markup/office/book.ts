import { Document, type Edit } from '../document/document.ts'
import { tokensOf } from '../document/tokens.ts'
import { htmlUnits } from '../tags/html.ts'
import { attributeUnit, withAttribute } from './attributes.ts'

/** Parses a page of a book: XHTML, and what its pictures say to those who do not see them. */
export function parseBook(source: string, isTurned: boolean): Document {
  const tokens = tokensOf(source, true)
  const alternatives = tokens.flatMap((token) =>
    token.kind === 'open' && token.name === 'img' ? (attributeUnit(source, token, 'alt') ?? []) : [],
  )
  const root = tokens.find(({ kind, name }) => kind === 'open' && name === 'html')
  const edits: Edit[] = isTurned && root ? [withAttribute(source, root, 'dir', 'rtl')] : []
  return new Document(source, [...htmlUnits(source), ...alternatives], edits)
}
