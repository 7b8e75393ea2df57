import type { Html, Nodes } from 'mdast'
import { Document, moved, type Unit } from '../document/document.ts'
import { htmlUnits, type PageReading } from '../tags/html.ts'
import { phraseUnits } from './markdown-phrases.ts'
import { definitionsIn } from './markdown-structure.ts'
import { childrenOf, endOf, markdownTree, startOf } from './markdown-tree.ts'

/**
 * Parses Markdown as GitHub reads it. Paragraphs, headings and table cells are texts; emphasis, links and HTML tags are
 * spans in them; code, front matter, addresses, definitions and the words of pictures stay.
 */
export function parseMarkdown(source: string, reading: PageReading = {}): Document {
  const units: Unit[] = []
  const definitions = definitionsIn(source)
  const nodes: Nodes[] = [markdownTree(source)]
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell')
      units.push(...phraseUnits(source, node, definitions))
    else if (node.type === 'html') units.push(...blockOfHtml(source, node, reading))
    else nodes.push(...childrenOf(node).toReversed())
  }
  return new Document(source, units)
}

/** The texts of a block of HTML. In quotations and lists, whose lines have a prefix, HTML blocks stay. */
function blockOfHtml(source: string, node: Html, { attributes }: PageReading): Unit[] {
  const start = startOf(node)
  return source.slice(start, endOf(node)) === node.value ? moved(htmlUnits(node.value, { attributes }), start) : []
}
