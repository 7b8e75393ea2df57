import type { Nodes } from 'mdast'
import { childrenOf, markdownTree } from './markdown-tree.ts'

/** Whether two texts have the same structure as Markdown: the same nodes in one another, with the same addresses, names and code. */
export function samePhrases(first: string, second: string, isInTable: boolean, source: string): boolean {
  const hasReferences = first.includes('[')
  const definitions = (hasReferences && source.match(/^[ >]*\[[^\]\n]+\]:[^\n]*$/gm)?.join('\n')) || ''
  const structure = (text: string) => {
    const lines = text.replace(/[ \t]*(?:\r\n|\n|\r)[ \t>]*/g, '\n')
    const block = isInTable ? `|a|\n|-|\n|${lines}|` : lines
    return structureOf(markdownTree(`${block}\n\n${definitions}`))
  }
  return structure(first) === structure(second)
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
