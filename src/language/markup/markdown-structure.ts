import type { Nodes } from 'mdast'
import { childrenOf, markdownTree } from './markdown-tree.ts'

/**
 * Tells whether two texts have the same structure as Markdown: the same nodes in one another, with the same addresses, names and code. `source` has
 * the definitions of links.
 */
export function sameAs(source: string, isInTable: boolean): (first: string, second: string) => boolean {
  const known = new Map<string, string>()
  const structure = (text: string) => {
    const definitions = (text.includes('[') && source.match(/^[ >]*\[[^\]\n]+\]:[^\n]*$/gm)?.join('\n')) || ''
    const lines = text.replace(/[ \t]*(?:\r\n|\n|\r)[ \t>]*/g, '\n')
    const block = isInTable ? `|a|\n|-|\n|${lines}|` : lines
    return structureOf(markdownTree(`${block}\n\n${definitions}`))
  }
  return (first, second) => {
    if (!known.has(first)) known.set(first, structure(first))
    return known.get(first) === structure(second)
  }
}

/** What of a tree is no text, in a line. */
function structureOf(node: Nodes): string {
  const { type } = node
  if (type === 'text' || type === 'break') return ''
  const own = [
    type,
    'url' in node ? node.url : '',
    'identifier' in node ? node.identifier : '',
    'value' in node ? node.value : '',
  ]
  return `(${own.join(' ')}${childrenOf(node).map(structureOf).join('')})`
}
